"""Memories, and which of them filters ask for: lists and searches must agree."""

from datetime import date
from typing import Any

from accounts.models import User
from base.models import database_time
from memories.models import Memory
from tests.factories import MemoryFactory, ProjectFactory

WORD = "nephrons"  # which all of the memories have

CASES: list[tuple[dict[str, Any], str]] = [
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
    ({"date_from": date.min, "date_to": date.max}, "first second"),
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
]


def create_memories(owner: User) -> dict[str, Memory]:
    """In two projects, an archived one and a deleted one; those of another user have the same values."""
    at = database_time()
    lab, home = ProjectFactory(owner=owner, name="Lab"), ProjectFactory(owner=owner, name="Home")
    old = ProjectFactory(owner=owner, name="Old", archived_at=at)
    gone = ProjectFactory(owner=owner, name="Lab", deleted_at=at)
    first = {
        "date": date(2026, 11, 20),
        "task": "deploy",
        "component": "proxy",
        "tags": ["ops", "eu"],
        "data": {"note": WORD, "status": "open", "host": {"name": "a", "ports": [80, 443]}},
    }
    second = {"date": date(2026, 11, 21), "task": "deploy", "tags": ["ops"], "data": {"note": WORD, "status": 1}}
    MemoryFactory(project__name="Lab", **first)
    MemoryFactory(project=gone, **first)
    MemoryFactory(project=lab, deleted_at=at, **first)
    return {
        "first": MemoryFactory(project=lab, **first),
        "second": MemoryFactory(project=lab, **second),
        "home": MemoryFactory(project=home, component="proxy", data={"note": WORD, "status": "Open"}),
        "old": MemoryFactory(project=old, **first),
    }
