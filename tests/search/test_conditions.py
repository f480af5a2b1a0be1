from datetime import UTC, datetime
from uuid import UUID

import pytest

from search.conditions import Condition, Unbuildable, matches
from search.registry import Column, Scalar

COLUMNS = (
    Column("card_id", "uuid"),
    Column("role", "text"),
    Column("reps", "int"),
    Column("stability", "float"),
    Column("pinned", "bool"),
    Column("due", "time"),
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROW: dict[str, Scalar] = {
    "card_id": UUID(int=1),
    "role": "user",
    "reps": 3,
    "stability": 2.5,
    "pinned": True,
    "due": NOON,
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("card_id", "eq", UUID(int=1)), True),
        (Condition("card_id", "in", [UUID(int=2)]), False),
        (Condition("role", "in", ["user", "assistant"]), True),
        (Condition("role", "in", []), False),
        (Condition("reps", "ge", 3), True),
        (Condition("reps", "lt", 3), False),
        (Condition("stability", "lt", 3), True),
        (Condition("pinned", "eq", True), True),
        (Condition("due", "ge", NOON), True),
        (Condition("due", "lt", NOON), False),
    ],
)
def test_the_database_and_the_index_narrow_alike(condition: Condition, expected: bool) -> None:
    assert matches(condition, COLUMNS, ROW) is expected


def test_a_missing_value_meets_no_condition() -> None:
    assert not matches(Condition("due", "ge", NOON), COLUMNS, {})


@pytest.mark.parametrize(
    "condition",
    [
        Condition("reps", "eq", True),
        Condition("reps", "eq", 3.5),
        Condition("pinned", "eq", 1),
        Condition("card_id", "eq", str(UUID(int=1))),
        Condition("due", "ge", NOON.replace(tzinfo=None)),
        Condition("elsewhere", "eq", 1),
    ],
)
def test_a_value_of_another_kind_is_refused(condition: Condition) -> None:
    with pytest.raises(Unbuildable):
        matches(condition, COLUMNS, ROW)
