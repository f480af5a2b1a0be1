"""One line of an outline: its mark, such as `##`, `1.2` or `-`, its indentation, its text and its page number."""

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

MAX_LINE_LENGTH: Final = 1_000  # characters; the rest of a longer line is cut off
TAB: Final = 4  # columns
BOLD_RANK: Final = 1_000  # a line in bold is a heading below all others

_QUOTE = re.compile(r"(?:>\s?){1,10}")
_HEADING = re.compile(r"(#{1,100})(?:\s+|$)")
_BOLD = re.compile(r"(\*\*|__)([^*_\n]{1,300})\1\s{0,5}:?$")
_BULLET = re.compile(r"[-*+•‣◦▪▫●○■□–—·]\s+")
_CHECKBOX = re.compile(r"\[[ xX]?\]\s+")
_NUMBERS = re.compile(r"[(\[]?(\d{1,3}(?:\.\d{1,3}){0,60})([.)\]:]{0,2})\s+")
_LETTER = re.compile(r"\(?([A-Za-z]|[ivxlc]{1,6}|[IVXLC]{1,6})[.)]\s+")
_LABELS = (
    "part|book|chapter|section|unit|module|block|stage|phase|level|topic|week|day|lesson|lecture|session|"
    "teil|kapitel|abschnitt|einheit|modul|woche|tag|lektion|thema|"
    "parte|capítulo|sección|unidad|módulo|semana|día|lección|tema|"
    "partie|chapitre|unité|semaine|jour|leçon|séance"
)
_LABEL = re.compile(
    rf"({_LABELS})\s{{1,5}}(?:(\d{{1,3}})(?=[\s.:)–—-]|$)|(?:[IVXLC]{{1,6}}|[A-Z])(?=[.:)–—-]|\s{{1,5}}[–—-]|$))"
    r"\s{0,5}[.:)–—-]{0,2}\s*",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?:\d{1,4}|[ivxlc]{1,7})$")
_LEADERS = " \t.…·_-–—"  # what fills the line up to the page number
_ENDS_OF_HEADINGS = "# \t"


class Family(Enum):
    """What marks a line as a part of an outline."""

    HEADING = "heading"
    LABEL = "label"  # such as "Chapter 3"
    LIST = "list"  # a bullet, a number or a letter
    PLAIN = "plain"


@dataclass(frozen=True)
class Line:
    """`style` is the same for lines that are marked alike, and `mark` is the letter of "b)".

    `rank` is the level of a heading. `numbers` are those of "1.2.3", and `indent` is in columns. `text` has no page
    number, except one that may be a part of it: `maybe_page`. In the same way it begins with `maybe_number`.
    """

    family: Family
    text: str
    indent: int = 0
    rank: int = 0
    style: str = ""
    mark: str = ""
    numbers: tuple[int, ...] = ()
    has_page: bool = False
    maybe_page: int | None = None
    maybe_number: int | None = None


def read_line(raw: str) -> Line:
    """The line with its mark and page number taken apart."""
    raw = raw[:MAX_LINE_LENGTH].rstrip()
    text = raw.lstrip()
    indent = len(raw[: len(raw) - len(text)].expandtabs(TAB))
    if quote := _QUOTE.match(text):
        text = text[quote.end() :]
    if heading := _HEADING.match(text):
        return _heading(text[heading.end() :].rstrip(_ENDS_OF_HEADINGS), len(heading[1]))
    if bold := _BOLD.match(text):
        return _heading(bold[2], BOLD_RANK)
    return _with_page(_marked(text, indent))


def _heading(text: str, rank: int) -> Line:
    """A heading may have a number or a label, too."""
    line = _marked(text, 0)
    is_marked = line.family == Family.LABEL or bool(line.numbers)
    return Line(Family.HEADING, line.text if is_marked else text, rank=rank, numbers=line.numbers)


def _marked(text: str, indent: int) -> Line:
    if bullet := _BULLET.match(text):
        rest = text[bullet.end() :]
        checkbox = _CHECKBOX.match(rest)
        return Line(Family.LIST, rest[checkbox.end() :] if checkbox else rest, indent, style="bullet")
    if label := _LABEL.match(text):
        numbers = (int(label[2]),) if label[2] else ()
        title = text[label.end() :] or text  # "Chapter 3" alone is a title
        return Line(Family.LABEL, title, indent, style=label[1].casefold(), numbers=numbers)
    if found := _NUMBERS.match(text):
        return _numbered(text, indent, found)
    if letter := _LETTER.match(text):
        case = "upper" if letter[1].isupper() else "lower"
        return Line(Family.LIST, text[letter.end() :], indent, style=case, mark=letter[1])
    return Line(Family.PLAIN, text, indent)


def _numbered(text: str, indent: int, found: re.Match[str]) -> Line:
    numbers = tuple(int(number) for number in found[1].split("."))
    if len(numbers) == 1 and not found[2]:
        return Line(Family.PLAIN, text, indent, maybe_number=numbers[0])  # "3 Integrals", or "20 words of motion"
    style = f"number {len(numbers)}" if len(numbers) > 1 else f"number {found[2]}"
    return Line(Family.LIST, text[found.end() :], indent, style=style, numbers=numbers)


def _with_page(line: Line) -> Line:
    page = _PAGE.search(line.text)
    if page is None:
        return line
    before = line.text[: page.start()]
    text = before.rstrip(_LEADERS)
    leader = before[len(text) :]
    if not text or not leader:
        return line
    is_number = page[0].isdigit()
    if len(leader) >= 3 or "…" in leader or "\t" in leader:
        # A word may look like a Roman numeral, but no dots lead to it.
        return replace(line, text=text, has_page=True) if is_number or leader.strip() else line
    return replace(line, maybe_page=int(page[0])) if is_number and leader.isspace() else line
