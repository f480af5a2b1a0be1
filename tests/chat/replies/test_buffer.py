import pytest

from chat.replies.buffer import Delta


@pytest.mark.parametrize(
    ("position", "rest"),
    [(0, Delta(3, "abc")), (3, Delta(3, "abc")), (4, Delta(4, "bc")), (6, Delta(6, "")), (9, Delta(9, ""))],
)
def test_a_delta_after_a_position_repeats_nothing_before_it(position: int, rest: Delta) -> None:
    assert Delta(3, "abc").after(position) == rest


def test_positions_count_characters() -> None:
    assert Delta(3, "ä😀").end == 5
