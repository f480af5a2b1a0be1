"""What a model is given to read: the conversation within a budget, and memory beside it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.types import Extract, Prompt, Turn

HISTORY_TOKENS = 16_000
MEMORY_TOKENS = 4_000

SYSTEM = (
    "You are the tutor of MemoryLoop, where a person learns by talking with you and keeps what they learn. "
    "Answer in the language of the person's last message. Be correct, concrete and as short as the question allows; "
    "say so when you don't know. Write Markdown; mathematics between $ signs."
)
GO_ON = "Go on exactly where your answer broke off. Repeat nothing of it and add no introduction."


@dataclass(frozen=True)
class Remembered:
    """A piece of memory that may help: its words, and what they are called when cited."""

    title: str
    text: str

    @property
    def tokens(self) -> int:
        return tokens_in(self.title) + tokens_in(self.text)


def tokens_in(text: str) -> int:
    """An estimate that errs upward: 3 bytes of UTF-8 are a token in few models, and no token is less than a byte."""
    return -(-len(text.encode()) // 3)


def build_prompt(*, turns: Sequence[Turn], remembered: Sequence[Remembered] = (), written: str = "") -> Prompt:
    """The prompt for the answer to the last of `turns`; `written` is what stands of it when it is continued."""
    kept = recent(turns, HISTORY_TOKENS)
    if written:
        kept = (*kept, Turn("assistant", written), Turn("user", GO_ON))
    extracts = tuple(Extract(number, piece.title, piece.text) for number, piece in enumerate(remembered, start=1))
    return Prompt(system=SYSTEM, turns=kept, extracts=extracts)


def recent(turns: Sequence[Turn], budget: int) -> tuple[Turn, ...]:
    """The newest turns that fit in `budget` tokens, beginning with the person; the newest one whatever its size."""
    left, first = budget, len(turns)
    while first > 0 and (first == len(turns) or left >= tokens_in(turns[first - 1].content)):
        first -= 1
        left -= tokens_in(turns[first].content)
    while first < len(turns) - 1 and turns[first].role != "user":
        first += 1
    return tuple(turns[first:])
