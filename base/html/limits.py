"""What rendering one text may cost. What is beyond is shown as plain text."""

import re
from dataclasses import dataclass

MAX_LENGTH = 120_000  # characters; a message has at most 100,000
# Above these the parser takes far too long (6.5 s for 100 KB of "[", 63 s of "$$"). No real text has so many.
MAX_BRACKETS = 2_000
MAX_DISPLAY_FORMULAS = 1_000
_WIDE_TABLE = re.compile(r"^(?:[^|\n]*\|){100}", re.MULTILINE)
# A step is one line of a block, or one place in a line where markup could begin. 100,000 characters of prose take
# 7,000 steps, of lists with links and formulas 15,000; each step takes 10 µs or more.
MAX_STEPS = 30_000
MAX_TOKENS = 20_000  # of blocks; a list item has 5, a cell of a table 3
MAX_HIGHLIGHTED = 60_000  # characters of code with highlighted syntax in one text
MAX_HIGHLIGHTED_GROWING = 2_000  # the same for a text that is rendered again with each word


class TooExpensive(Exception):
    """The text needs more than MAX_STEPS or MAX_TOKENS."""


@dataclass
class Rendering:
    """One run of the renderer. `is_final`: whether a later run would have the same result."""

    growing: bool = False
    is_final: bool = True
    steps: int = 0
    highlighted: int = 0  # characters

    def count_step(self, *, tokens: int = 0) -> None:
        """Raises TooExpensive."""
        self.steps += 1
        if self.steps > MAX_STEPS or tokens > MAX_TOKENS:
            raise TooExpensive

    def may_highlight(self, length: int) -> bool:
        """Whether code of this length can still be highlighted. If so, it is counted."""
        limit = MAX_HIGHLIGHTED_GROWING if self.growing else MAX_HIGHLIGHTED
        if self.highlighted + length > limit:
            return False
        self.highlighted += length
        return True

    def stop_highlighting(self) -> None:
        self.highlighted = MAX_HIGHLIGHTED


def is_too_slow(text: str) -> bool:
    return (
        len(text) > MAX_LENGTH
        or text.count("[") > MAX_BRACKETS
        or text.count("$$") > MAX_DISPLAY_FORMULAS
        or _WIDE_TABLE.search(text) is not None
    )
