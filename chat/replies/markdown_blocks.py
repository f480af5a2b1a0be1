"""Splitting growing Markdown after its finished blocks, which need to be rendered only once. Pure."""

import re
from dataclasses import dataclass

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
# A fence may also follow the markers of lists and block quotes; only whether code is open matters here.
_FENCE = re.compile(r"^\s*(?:(?:[-+*>]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})")
_LIST_ITEM = re.compile(r"^ {0,3}([-+*]|\d{1,9}[.)])(\s|$)")
# An incomplete line that may still become a list item.
_MAYBE_ITEM = re.compile(r"^ {0,3}([-+*]|\d{1,9}[.)]?)?$")


@dataclass(frozen=True)
class SplitMarkdown:
    """`blocks` stay the same whatever text follows; `unfinished` may change. Joined, they are the text."""

    blocks: tuple[str, ...]
    unfinished: str


def split_blocks(text: str) -> SplitMarkdown:
    """Split after each blank line that ends a block. One inside a fence, display maths or a list does not."""
    blocks: list[str] = []
    block, blank = "", False
    state = _OpenConstructs()
    for line in _LINES.findall(text):
        if block and blank and state.ended_before(line):
            blocks.append(block)
            block, state = "", _OpenConstructs()
        block += line
        blank = state.read(line)
    return SplitMarkdown(tuple(blocks), block)


class _OpenConstructs:
    """The fence, maths or list that is open after the lines read so far."""

    def __init__(self) -> None:
        self._fence = ""
        self._maths = False
        self._list = False

    def read(self, line: str) -> bool:
        """Read the next line. True when it is blank and may end a block."""
        if self._fence:
            self._fence = "" if self._closes_fence(line) else self._fence
            return False
        if fence := _FENCE.match(line):
            self._fence = fence[1]
            return False
        if line.count("$$") % 2:
            self._maths = not self._maths
        self._list = self._list or bool(_LIST_ITEM.match(line))
        return not line.strip() and not self._maths

    def ended_before(self, line: str) -> bool:
        """Whether `line`, which follows a blank line, certainly begins another block."""
        if not line.strip() or line[0] in " \t":
            return False
        if self._list:
            incomplete = "" if line.endswith("\n") else line
            return not _LIST_ITEM.match(line) and not (incomplete and _MAYBE_ITEM.match(incomplete))
        return True

    def _closes_fence(self, line: str) -> bool:
        fence = line.strip()
        return len(fence) >= len(self._fence) and set(fence) == {self._fence[0]}
