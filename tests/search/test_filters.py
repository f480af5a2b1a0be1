from datetime import UTC, datetime
from uuid import UUID

import pytest

from search.filters import Filter, InvalidFilter, matches
from search.registry import Column, Value

COLUMNS = (
    Column("card_id", "uuid"),
    Column("role", "text"),
    Column("reps", "int"),
    Column("stability", "float"),
    Column("pinned", "bool"),
    Column("due", "time"),
    Column("tags", "texts"),
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROW: dict[str, Value] = {
    "card_id": UUID(int=1),
    "role": "user",
    "reps": 3,
    "stability": 2.5,
    "pinned": True,
    "due": NOON,
    "tags": ("ops", "eu"),
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Filter("card_id", "eq", UUID(int=1)), True),
        (Filter("card_id", "in", [UUID(int=2)]), False),
        (Filter("role", "in", ["user", "assistant"]), True),
        (Filter("role", "in", []), False),
        (Filter("reps", "ge", 3), True),
        (Filter("reps", "lt", 3), False),
        (Filter("stability", "lt", 3), True),
        (Filter("pinned", "eq", True), True),
        (Filter("due", "ge", NOON), True),
        (Filter("due", "lt", NOON), False),
        (Filter("tags", "has", "eu"), True),
        (Filter("tags", "has", "e"), False),
    ],
)
def test_a_filter_follows_the_rules_of_the_index(condition: Filter, expected: bool) -> None:
    assert matches(condition, COLUMNS, ROW) is expected


def test_a_missing_value_passes_no_filter() -> None:
    assert not matches(Filter("due", "ge", NOON), COLUMNS, {})


@pytest.mark.parametrize(
    "condition",
    [
        Filter("reps", "eq", True),
        Filter("reps", "eq", 3.5),
        Filter("pinned", "eq", 1),
        Filter("card_id", "eq", str(UUID(int=1))),
        Filter("due", "ge", NOON.replace(tzinfo=None)),
        Filter("elsewhere", "eq", 1),
        Filter("tags", "eq", "eu"),
        Filter("role", "has", "user"),
    ],
)
def test_a_filter_with_a_value_of_another_kind_is_invalid(condition: Filter) -> None:
    with pytest.raises(InvalidFilter):
        matches(condition, COLUMNS, ROW)
