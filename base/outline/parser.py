"""Reads the outline in a pasted text: Markdown headings and lists, numbers, indented lines, a table of contents."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from base.outline.levels import Levels
from base.outline.lines import Family, Line, read_line
from base.outline.titles import clean_text, clean_title

MAX_DESCRIPTION: Final = 4_000  # characters
MAX_PLAIN_TITLE: Final = 120  # characters of a line without a mark; a longer one is prose
MIN_PAGES: Final = 3  # lines that end with a number, for a table of contents without leading dots

_FENCE = re.compile(r"(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\s*$")
_RULE = re.compile(r"(?:[-*_=+|:]\s{0,3}){3,}$")
_SENTENCE_ENDS = (".", "!", "?", ";", "。", "！", "？")


@dataclass(frozen=True)
class OutlineItem:
    """`level` is from 1. `description` is the text that follows the title."""

    level: int
    title: str
    description: str = ""


@dataclass(frozen=True)
class Outline:
    """The items in order. `skipped` is the number of lines that belong to no item, such as code or an introduction."""

    items: tuple[OutlineItem, ...]
    skipped: int


@dataclass(frozen=True)
class _Source:
    """A line of the text. `opens_list`: the next line is one of a list. `after_blank`: a blank line is before it."""

    line: Line
    after_blank: bool
    opens_list: bool = False


def parse_outline(text: str) -> Outline:
    """The outline. It has no items if the text is prose. The time is linear in the length of the text."""
    skipped: list[str] = []
    sources = _sources(text, skipped)
    lines = _without_loose_pages(_with_bare_numbers([source.line for source in sources]))
    sources = [replace(source, line=line) for source, line in zip(sources, lines, strict=True)]
    families = [line.family for line in lines]
    has_headings = Family.HEADING in families
    has_marks = len(families) > families.count(Family.PLAIN)
    items, unused = _items(_with_neighbors(sources), prose_allowed=has_marks, groups=has_marks and not has_headings)
    return Outline(tuple(items), len(skipped) + unused)


def _sources(text: str, skipped: list[str]) -> list[_Source]:
    """The lines that have text. Puts into `skipped` those of code, tables and rules."""
    sources: list[_Source] = []
    fence, after_blank = "", True
    for raw in text.splitlines():
        stripped = raw.strip()
        mark = _FENCE.match(stripped)
        if mark or fence:
            skipped.append(raw)
            fence = (
                ("" if mark[1].startswith(fence) else fence) if fence and mark else fence or (mark[1] if mark else "")
            )
        elif _UNDERLINE.match(stripped) and sources and not after_blank and _is_plain(sources[-1].line):
            rank = 1 if stripped[0] == "=" else 2
            sources[-1] = replace(sources[-1], line=replace(sources[-1].line, family=Family.HEADING, rank=rank))
        elif _RULE.match(stripped[:200]) or stripped.startswith("|"):
            skipped.append(raw)
        elif stripped:
            sources.append(_Source(read_line(raw), after_blank))
        after_blank = not stripped
    return sources


def _fence_after(fence: str, mark: str) -> str:
    """What the code block is open with after this mark; empty after its end."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) else fence


def _is_plain(line: Line) -> bool:
    return line.family == Family.PLAIN


def _with_bare_numbers(lines: Sequence[Line]) -> list[Line]:
    """Numbers without a dot mark the lines if they count up, as in "1 Limits", "2 Derivatives"."""
    numbers = [line.maybe_number for line in lines if line.maybe_number is not None]
    counting = len(numbers) > 1 and numbers[0] <= 1 and all(b in (1, a, a + 1) for a, b in pairwise(numbers))
    return [_with_bare_number(line) if counting else line for line in lines]


def _with_bare_number(line: Line) -> Line:
    if line.maybe_number is None:
        return line
    _number, _space, text = line.text.partition(" ")
    return replace(line, family=Family.LIST, style="number 1", numbers=(line.maybe_number,), text=text.strip())


def _without_loose_pages(lines: Sequence[Line]) -> list[Line]:
    """Without the page numbers of a table of contents that no dots lead to.

    They do not fall, and grow faster than those of "Calculus 1", "Calculus 2".
    """
    pages = [line.maybe_page for line in lines if line.maybe_page is not None]
    are_pages = (
        len(pages) >= max(MIN_PAGES, 0.7 * len(lines))
        and all(a <= b for a, b in pairwise(pages))
        and pages[-1] - pages[0] > len(pages)
    )
    if not are_pages:
        return list(lines)
    return [line if line.maybe_page is None else _without_last_word(line) for line in lines]


def _without_last_word(line: Line) -> Line:
    return replace(line, text=line.text.rpartition(" ")[0].rstrip(), has_page=True)


def _with_neighbors(sources: Sequence[_Source]) -> Iterator[_Source]:
    for number, source in enumerate(sources):
        following = sources[number + 1].line if number + 1 < len(sources) else None
        opens = following is not None and following.family == Family.LIST and following.indent >= source.line.indent
        yield replace(source, opens_list=opens)


def _items(sources: Iterator[_Source], *, prose_allowed: bool, groups: bool) -> tuple[list[OutlineItem], int]:
    """The items, and the number of lines that belong to none."""
    levels, items, skipped = Levels(), list[OutlineItem](), 0
    indent = 0
    for source in sources:
        line = source.line
        if line.family == Family.PLAIN and groups and _is_group(source, items, indent):
            line = replace(line, family=Family.LABEL)
        title = clean_title(line.text)
        if title and _is_item(line, prose_allowed=prose_allowed):
            items.append(OutlineItem(levels.level_of(line), title))
            indent = line.indent
        elif title and items and prose_allowed:
            items[-1] = _with_more(items[-1], clean_text(line.text))
        else:
            skipped += 1
    return items, skipped


def _is_item(line: Line, *, prose_allowed: bool) -> bool:
    if line.family != Family.PLAIN or line.has_page:
        return True
    is_sentence = len(line.text) > MAX_PLAIN_TITLE or line.text.endswith(_SENTENCE_ENDS)
    return not prose_allowed and not is_sentence


def _is_group(source: _Source, items: Sequence[OutlineItem], indent: int) -> bool:
    """Whether the unmarked line is the title of the list below it, and not the rest of the item above it."""
    line = source.line
    if not source.opens_list or line.has_page or len(line.text) > MAX_PLAIN_TITLE or line.text.endswith(_SENTENCE_ENDS):
        return False
    return not items or source.after_blank or line.indent <= indent


def _with_more(item: OutlineItem, text: str) -> OutlineItem:
    if len(item.description) >= MAX_DESCRIPTION:
        return item
    return replace(item, description=f"{item.description} {text}".strip()[:MAX_DESCRIPTION])
