"""Where each skill of a tree is drawn: from left to right, one column for each level, one row for each leaf.

Numbers are whole pixels of a drawing that is `WIDTH` wide.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from unicodedata import east_asian_width

Key = TypeVar("Key", bound=Hashable)

WIDTH = 960
BOX_HEIGHT, ROW_HEIGHT = 32, 38
GAP_OF_COLUMNS, GAP_OF_BRANCHES = 32, 12
MARGIN = 4  # for the outline of a box that has the focus


@dataclass(frozen=True)
class Box:
    """`x` and `y` are the upper left corner."""

    x: int
    y: int
    width: int

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT // 2

    @property
    def right(self) -> int:
        return self.x + self.width


@dataclass(frozen=True)
class Layout(Generic[Key]):
    """The root is the goal. `curves` are the paths of the lines from each parent to its children."""

    width: int
    height: int
    root: Box
    boxes: dict[Key, Box]
    curves: list[str]


def lay_out(parents: Sequence[tuple[Key, Key | None]]) -> Layout[Key]:
    """The layout of nodes with their parents, in the order of the tree: each parent before its children."""
    children: dict[Key | None, list[Key]] = defaultdict(list)
    depths: dict[Key | None, int] = {None: 0}
    for key, parent in parents:
        children[parent].append(key)
        depths[key] = depths[parent] + 1
    rows, height = _rows(children)
    columns = max(depths.values()) + 1
    width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP_OF_COLUMNS) // columns

    def box(key: Key | None) -> Box:
        return Box(MARGIN + depths[key] * (width + GAP_OF_COLUMNS), rows[key], width)

    boxes = {key: box(key) for key, _ in parents}
    root = box(None)
    curves = [_curve(boxes[parent] if parent is not None else root, boxes[key]) for key, parent in parents]
    return Layout(WIDTH, height, root, boxes, curves)


def _rows(children: dict[Key | None, list[Key]]) -> tuple[dict[Key | None, int], int]:
    """The `y` of each node, where a parent is beside the first of its children, and the height of all."""
    rows: dict[Key | None, int] = {}
    below = MARGIN

    def place(key: Key | None) -> int:
        nonlocal below
        if key in children:
            rows[key], *_others = [place(child) for child in children[key]]
        else:
            rows[key], below = below, below + ROW_HEIGHT
        return rows[key]

    for branch in children[None]:
        place(branch)
        below += GAP_OF_BRANCHES
    rows[None] = MARGIN
    return rows, max(below - GAP_OF_BRANCHES, ROW_HEIGHT) + MARGIN


def _curve(parent: Box, child: Box) -> str:
    """The path of an S-shaped line, as SVG writes it."""
    half, begin, end = (parent.right + child.x) // 2, parent.middle, child.middle
    return f"M{parent.right} {begin}C{half} {begin} {half} {end} {child.x} {end}"


def shortened(text: str, width: float) -> str:
    """The text, cut so that it is about as wide as `width` at 13 px: Han, Kana and Hangul are twice as wide."""
    room = width / 6.6
    for index, character in enumerate(text):
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{text[: max(index - 1, 1)].rstrip()}…"
    return text
