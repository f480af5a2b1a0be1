from uuid import UUID

import pytest

from goals.trees.shape import Place, Shape, leads_to

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))


@pytest.fixture
def shape() -> Shape:
    """A has B, which has C, and D. E is a branch."""
    return Shape([(A, None), (E, None), (B, A), (D, A), (C, B)])


def test_a_tree_is_read_from_top_to_bottom(shape: Shape) -> None:
    assert list(shape) == [A, B, C, D, E]
    assert shape.places() == {
        A: Place(None, 1, 0),
        B: Place(A, 2, 0),
        C: Place(B, 3, 0),
        D: Place(A, 2, 1),
        E: Place(None, 1, 1),
    }
    assert (shape.ancestors(C), shape.height(A), shape.height(C), shape.depth(None)) == ([A, B], 3, 1, 0)
    assert (shape.is_within(C, A), shape.is_within(A, A), shape.is_within(A, C)) == (True, True, False)


def test_a_skill_is_moved_with_those_below_it(shape: Shape) -> None:
    shape.move(B, None, 0)
    assert list(shape) == [B, C, A, D, E]
    assert (shape.depth(C), shape.children(A)) == (2, [D])
    shape.move(E, B)
    assert shape.children(B) == [C, E]
    shape.move(E, B, 0)
    assert shape.children(B) == [E, C]


def test_a_skill_is_removed_with_those_below_it(shape: Shape) -> None:
    assert shape.remove(B) == [B, C]
    assert list(shape) == [A, D, E]
    assert (len(shape), C in shape) == (3, False)


def test_requirements_are_followed_to_their_end_even_in_a_circle() -> None:
    requires = {A: [B], B: [C], C: [B]}
    assert leads_to(requires, A, C)
    assert leads_to(requires, A, A)
    assert not leads_to(requires, B, A)
    assert not leads_to(requires, A, E)
