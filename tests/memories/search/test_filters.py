from typing import Any

import pytest

from accounts.models import User
from memories.errors import InvalidWhere
from memories.search.filters import MemoryFilters
from tests.memories.search.cases import CASES, create_memories

pytestmark = pytest.mark.django_db


def test_which_rows_match(alice: User) -> None:
    memories = create_memories(alice)
    for filters, expected in CASES:
        found = set(MemoryFilters(**filters).rows(alice))
        assert found == {memories[name] for name in expected.split()}, filters


@pytest.mark.parametrize("where", [{"a": {"$gt": 1}}, ["a"], "status = 1"])
def test_filters_with_a_condition_that_is_not_allowed_cannot_be_made(where: Any) -> None:
    with pytest.raises(InvalidWhere):
        MemoryFilters(where=where)
