"""The index is damaged while workers run and users search. No page fails, and the index is rebuilt automatically."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from chat.models import Message
from search.errors import IndexUnavailable
from search.index.comparison import compare
from search.index.tables import lance_table, readable_table
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode, find
from search.registry import entities
from tests.chat.reading import Program, program_of
from tests.factories import CardFactory, MessageFactory, ReviewFactory
from tests.processes import Child, Site
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def program(alice: User, site: Site) -> Program:
    return program_of(alice, site)


def delete_directory(index: Path) -> None:
    shutil.rmtree(index)


def zero_newest_manifests(index: Path) -> None:
    for versions in index.glob("*.lance/_versions"):
        manifest = min(versions.glob("*.manifest"))  # names count down
        size = manifest.stat().st_size
        manifest.unlink()
        manifest.write_bytes(b"\0" * size)


def delete_index_files(index: Path) -> None:
    for path in index.glob("*.lance/_indices/*/*"):
        path.unlink()


def is_complete() -> bool:
    """Whether the index equals PostgreSQL and has every row once."""
    if OutboxEntry.objects.exclude(status=OutboxStatus.DONE).exists():
        return False
    try:
        return all(_is_complete(entity.table) for entity in entities())
    except IndexUnavailable:
        return False


def _is_complete(table: str) -> bool:
    [entity] = [entity for entity in entities() if entity.table == table]
    row = readable_table(entity)
    if row is None or row.state != "active" or compare(entity).any:
        return False
    return lance_table(entity, row).count()[0] == entity.model._default_manager.count()


def search(program: Program, query: str) -> list[str]:
    """The messages that the API finds."""
    response = program.post("/messages/search", {"query": query})
    assert response.status_code == 200, response.text
    return [item["message"]["content"] for item in response.json()["items"]]


@pytest.mark.parametrize("damage", [delete_directory, zero_newest_manifests, delete_index_files])
def test_a_damaged_index_loses_nothing_and_is_rebuilt_while_users_continue(
    alice: User, program: Program, own_index: Path, periodic_worker: Child, damage: Callable[[Path], None]
) -> None:
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    ReviewFactory(card=CardFactory(owner=alice))
    wait_until(is_complete, 60)

    damage(own_index)
    assert search(program, "salt") == ["Bread needs salt."]
    during = MessageFactory(conversation__owner=alice, content="Salt comes from the sea.")
    ReviewFactory(card=CardFactory(owner=alice))
    wait_until(lambda: sorted(search(program, "salt")) == ["Bread needs salt.", during.content], 60)
    wait_until(is_complete, 90)
    result = find(owner_id=alice.pk, table="messages", query="salt", mode=Mode.HYBRID)
    assert result.notice is None
    assert {hit.entity_id for hit in result.hits} == set(Message.objects.values_list("pk", flat=True))
