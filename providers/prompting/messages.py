"""A prompt as the list of messages that chat models take.

Retrieved context is quoted beside the newest question and not in the system prompt. Everything before it then
stays the same from turn to turn, so that Claude's and Ollama's prompt caches can reuse it.
"""

import secrets
from collections.abc import Sequence

from providers.prompting.quoting import quoted_extracts, quoted_goal, quoted_material
from providers.types import Prompt, Turn


def earlier_turns(prompt: Prompt) -> tuple[Turn, ...]:
    """The turns before the newest question, from the user's first one on. Providers refuse empty turns."""
    return _from_first_user_turn([turn for turn in _without_question(prompt.turns) if turn.content.strip()])


def newest_message(prompt: Prompt) -> list[str]:
    """The parts of the newest message: quoted data first, then the user's question."""
    question = prompt.turns[-1].content if _ends_with_question(prompt.turns) else ""
    mark = secrets.token_hex(4)
    quoted = [
        quoted_goal(prompt.goal, mark),
        quoted_extracts(prompt.extracts, mark),
        quoted_material(prompt.material, mark),
    ]
    parts = [*quoted, question.strip()]
    return [part for part in parts if part] or ["…"]


def _ends_with_question(turns: Sequence[Turn]) -> bool:
    return bool(turns) and turns[-1].role == "user"


def _without_question(turns: Sequence[Turn]) -> Sequence[Turn]:
    return turns[:-1] if _ends_with_question(turns) else turns


def _from_first_user_turn(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    start = next((index for index, turn in enumerate(turns) if turn.role == "user"), len(turns))
    return tuple(turns[start:])
