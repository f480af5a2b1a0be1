"""What was corrected in a proposal, in words for its user."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals.growing.drafts import Correction


@dataclass(frozen=True)
class Report:
    """One kind of correction. `examples` are titles of skills that it concerns."""

    text: str
    examples: list[str]


_WORDS: Final[dict[str, Callable[[int], str]]] = {
    "cut-off": lambda _number: _("The answer was cut off: the end of the tree is missing."),
    "skipped": lambda number: ngettext(
        "%d line is no part of the outline.", "%d lines are no part of the outline.", number
    ),
    "untitled": lambda number: ngettext(
        "%d skill without a title was left out.", "%d skills without a title were left out.", number
    ),
    "long-title": lambda number: ngettext(
        "%d long title was shortened; its description has all of it.",
        "%d long titles were shortened; their descriptions have all of them.",
        number,
    ),
    "too-deep": lambda number: ngettext(
        "%d skill was below the third level and is now a part of the description above it.",
        "%d skills were below the third level and are now parts of the descriptions above them.",
        number,
    ),
    "duplicate": lambda number: ngettext(
        "%d skill had the title of its neighbor and was joined with it.",
        "%d skills had the titles of their neighbors and were joined with them.",
        number,
    ),
    "too-wide": lambda number: ngettext(
        "%d skill was left out, because there were too many beside it.",
        "%d skills were left out, because there were too many beside them.",
        number,
    ),
    "too-many": lambda number: ngettext(
        "%d skill was left out: a tree has at most 300.", "%d skills were left out: a tree has at most 300.", number
    ),
    "wrong-type": lambda number: ngettext(
        "%d entry was no skill and was left out.", "%d entries were no skills and were left out.", number
    ),
    "same-id": lambda number: ngettext(
        "%d skill had the id of another one.", "%d skills had the ids of other ones.", number
    ),
    "cyclic": lambda number: ngettext(
        "%d skill was below itself and is now on the first level.",
        "%d skills were below themselves and are now on the first level.",
        number,
    ),
}


def reports(corrections: Iterable[Correction]) -> list[Report]:
    """In the order in which they were made. A code of another version is left out."""
    return [Report(_text(entry), entry["examples"]) for entry in corrections if entry["code"] in _WORDS]


def _text(entry: Correction) -> str:
    words = _WORDS[entry["code"]](entry["count"])
    return words % entry["count"] if "%d" in words else words
