from datetime import date
from typing import Any

import pytest

from accounts.models import User
from base.models import database_time
from memories.errors import InvalidWhere
from memories.models import Memory
from memories.search.filters import MemoryFilters
from tests.factories import MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def memories(alice: User) -> dict[str, Memory]:
    """In two projects, an archived one and a deleted one; those of another user have the same values."""
    at = database_time()
    lab, home = ProjectFactory(owner=alice, name="Lab"), ProjectFactory(owner=alice, name="Home")
    old = ProjectFactory(owner=alice, name="Old", archived_at=at)
    gone = ProjectFactory(owner=alice, name="Lab", deleted_at=at)
    first = {
        "date": date(2026, 11, 20),
        "task": "deploy",
        "component": "proxy",
        "tags": ["ops", "eu"],
        "data": {"status": "open", "host": {"name": "a", "ports": [80, 443]}},
    }
    MemoryFactory(project__name="Lab", **first)
    MemoryFactory(project=gone, **first)
    MemoryFactory(project=lab, deleted_at=at, **first)
    return {
        "first": MemoryFactory(project=lab, **first),
        "second": MemoryFactory(project=lab, date=date(2026, 11, 21), task="deploy", tags=["ops"], data={"status": 1}),
        "home": MemoryFactory(project=home, component="proxy", data={"status": "Open"}),
        "old": MemoryFactory(project=old, **first),
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "first second home"),
        ({"projects": ["Lab"]}, "first second"),
        ({"projects": ["Lab", "Home"]}, "first second home"),
        ({"projects": ["Old"]}, "old"),
        ({"projects": ["lab"]}, ""),
        ({"projects": []}, ""),
        ({"projects": ["La\0b"]}, ""),
        ({"date_from": date(2026, 11, 20)}, "first second"),
        ({"date_from": date(2026, 11, 21)}, "second"),
        ({"date_to": date(2026, 11, 20)}, "first"),
        ({"date_from": date(2026, 11, 21), "date_to": date(2026, 11, 20)}, ""),
        ({"task": "deploy", "component": "proxy"}, "first"),
        ({"task": ""}, "home"),
        ({"task": "\0"}, ""),
        ({"tags": ["ops"]}, "first second"),
        ({"tags": ["ops", "eu"]}, "first"),
        ({"tags": ["op"]}, ""),
        ({"where": {}}, "first second home"),
        ({"where": {"status": "open"}}, "first"),
        ({"where": {"status": 1}}, "second"),
        ({"where": {"host": {"ports": [443]}}}, "first"),
        ({"where": {"status__startswith": "o"}}, ""),
        ({"projects": ["Old"], "where": {"status": "open"}, "tags": ["eu"]}, "old"),
    ],
)
def test_which_rows_match(memories: dict[str, Memory], alice: User, filters: dict[str, Any], expected: str) -> None:
    found = set(MemoryFilters(**filters).rows(alice))
    assert found == {memories[name] for name in expected.split()}


def test_where_without_rules_cannot_be_made() -> None:
    with pytest.raises(InvalidWhere):
        MemoryFilters(where={"a": {"$gt": 1}})
