from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from goals.drawing.layout import BOX_HEIGHT, WIDTH, Box, lay_out, shortened
from goals.models import MAX_DEPTH


def apart(one: Box, other: Box) -> bool:
    return one.right < other.x or other.right < one.x or one.y + BOX_HEIGHT < other.y or other.y + BOX_HEIGHT < one.y


def in_order(parents: dict[int, int | None]) -> list[tuple[int, int | None]]:
    """The nodes of a tree, each parent directly before its children."""

    def below(parent: int | None) -> list[tuple[int, int | None]]:
        children = [key for key, above in parents.items() if above == parent]
        return [pair for key in children for pair in [(key, parent), *below(key)]]

    return below(None)


@given(st.lists(st.integers(min_value=-5, max_value=59), max_size=60))
def test_boxes_never_touch_and_stay_in_the_drawing(above: list[int]) -> None:
    parents: dict[int, int | None] = {}
    depths: dict[int, int] = {}
    for key, parent in enumerate(above):
        parents[key] = parent if 0 <= parent < key and depths[parent] < MAX_DEPTH else None
        depths[key] = depths.get(parent, 0) + 1 if parents[key] is not None else 1
    layout = lay_out(in_order(parents))
    boxes = [layout.root, *layout.boxes.values()]
    assert len(boxes) == len(above) + 1
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    assert all(box.x >= 0 and box.right <= WIDTH for box in boxes)
    assert all(box.y >= 0 and box.y + BOX_HEIGHT <= layout.height for box in boxes)


def test_a_parent_is_beside_the_first_of_its_children() -> None:
    layout = lay_out([("grammar", None), ("present", "grammar"), ("past", "grammar"), ("words", None)])
    present, past, words = (layout.boxes[key] for key in ("present", "past", "words"))
    assert layout.boxes["grammar"].y == present.y < past.y < words.y
    assert layout.boxes["grammar"].x == words.x < present.x
    assert len(layout.curves) == 4


def test_long_titles_are_cut_by_their_width() -> None:
    assert shortened("Grammar", 200) == "Grammar"
    assert shortened("The subjunctive in subordinate clauses", 140) == "The subjunctive in s…"
    assert shortened("東京大阪名古屋横浜京都", 140) == "東京大阪名古屋横浜…"
