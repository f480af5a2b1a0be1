"""A prompt as a list of messages, the way chat models take it.

Quoted memory stands beside the newest question and not in the system prompt: what comes before it is the same from
turn to turn, so a provider's prompt cache (and Ollama's) holds it.
"""

from collections.abc import Sequence

from providers.prompting.quoting import quoted_extracts, quoted_material
from providers.types import Prompt, Turn


def turns_so_far(prompt: Prompt) -> tuple[Turn, ...]:
    """The turns before the newest question, beginning with the person's; providers refuse empty ones."""
    return _from_the_person([turn for turn in _earlier(prompt.turns) if turn.content.strip()])


def newest_message(prompt: Prompt) -> list[str]:
    """The parts of the newest message: quoted data first, then what the person asks."""
    newest = prompt.turns[-1].content if _asks(prompt.turns) else ""
    parts = [quoted_extracts(prompt.extracts), quoted_material(prompt.material), newest.strip()]
    return [part for part in parts if part] or ["…"]


def _asks(turns: Sequence[Turn]) -> bool:
    return bool(turns) and turns[-1].role == "user"


def _earlier(turns: Sequence[Turn]) -> Sequence[Turn]:
    return turns[:-1] if _asks(turns) else turns


def _from_the_person(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    start = next((index for index, turn in enumerate(turns) if turn.role == "user"), len(turns))
    return tuple(turns[start:])
