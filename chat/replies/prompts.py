"""The prompt of a reply: the conversation within a token budget, and extracts of other conversations. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from providers.types import Extract, Prompt, Turn

HISTORY_TOKENS = 16_000
CONTEXT_TOKENS = 4_000

SYSTEM = (
    "You are the tutor of MemoryLoop, where users learn by talking with you and keep what they learn. "
    "Answer in the language of the user's last message. Be correct, concrete and as short as the question allows; "
    "say so when you don't know. Write Markdown; mathematics between $ signs."
)
CONTINUE = "Continue exactly where your answer broke off. Do not repeat any of it and do not add an introduction."


@dataclass(frozen=True)
class ContextExtract:
    """Text that may help to answer; `title` is shown when it is cited. `fading`: a card the user is forgetting."""

    title: str
    text: str
    fading: bool = False

    @property
    def tokens(self) -> int:
        return tokens_in(self.title) + tokens_in(self.text)


def tokens_in(text: str) -> int:
    """An estimate that errs upward: a token for every 3 bytes of UTF-8, where most models need fewer."""
    return -(-len(text.encode()) // 3)


def build_prompt(
    *,
    turns: Sequence[Turn],
    extracts: Mapping[int, ContextExtract] | None = None,
    goal: str = "",
    written_so_far: str = "",
) -> Prompt:
    """The prompt for the answer to the last of `turns`, with extracts by the number under which they are cited.

    `goal` is what the conversation is about.

    With `written_so_far` the model continues that text.
    """
    kept = recent(turns, HISTORY_TOKENS)
    if written_so_far:
        kept = (*kept, Turn("assistant", written_so_far), Turn("user", CONTINUE))
    numbered = [
        Extract(number, extract.title, extract.text, fading=extract.fading)
        for number, extract in (extracts or {}).items()
    ]
    return Prompt(system=SYSTEM, turns=kept, goal=goal, extracts=tuple(numbered))


def recent(turns: Sequence[Turn], budget: int) -> tuple[Turn, ...]:
    """The newest turns that fit in `budget` tokens, beginning with a turn of the user.

    The newest turn is always kept.
    """
    remaining, first = budget, len(turns)
    while first > 0 and (first == len(turns) or remaining >= tokens_in(turns[first - 1].content)):
        first -= 1
        remaining -= tokens_in(turns[first].content)
    while first < len(turns) - 1 and turns[first].role != "user":
        first += 1
    return tuple(turns[first:])
