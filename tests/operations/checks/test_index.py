"""The checks of the index: damage, another embedding model, and rows that differ from PostgreSQL."""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from chat.models import Message
from operations.checks.index import contents, identity, lancedb
from search.models import IndexTable
from search.services import drain
from search.sync.maintenance import maintain_tables
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def indexed(alice: User) -> Message:
    maintain_tables()
    message: Message = MessageFactory(conversation__owner=alice)
    drain()
    return message


def test_an_index_that_works_passes(indexed: Message) -> None:
    assert [finding.level for finding in (*lancedb(), *identity())] == ["ok", "ok"]
    assert {finding.level for finding in contents()} == {"ok"}


def test_a_row_that_differs_is_a_failure_with_the_command_that_repairs_it(indexed: Message) -> None:
    Message.objects.filter(pk=indexed.pk).update(content="Other words.")
    [differing] = [finding for finding in contents() if finding.level != "ok"]
    assert differing.level == "failure"
    assert "0 missing, 0 extra, 1 stale" in differing.message
    assert "check_index --repair" in differing.advice


def test_a_change_on_its_way_is_only_a_warning(indexed: Message) -> None:
    indexed.content = "Other words."
    indexed.save()
    assert {finding.level for finding in contents()} == {"ok", "warning"}


def test_an_index_that_is_being_built_is_only_a_warning(indexed: Message) -> None:
    Message.objects.filter(pk=indexed.pk).update(content="Other words.")
    IndexTable.objects.filter(table="messages").update(state="building")
    [finding] = [finding for finding in contents() if finding.level != "ok"]
    assert (finding.level, "is still being built" in finding.message) == ("warning", True)


def test_an_index_of_another_model_is_found(indexed: Message) -> None:
    IndexTable.objects.filter(table="messages").update(model="wordllama-64")
    [finding] = identity()
    assert (finding.level, "made with wordllama-64" in finding.message) == ("warning", True)


def test_a_deleted_index_is_found_and_not_created(indexed: Message, settings: Settings, tmp_path: Path) -> None:
    settings.LANCEDB_URI = str(tmp_path / "elsewhere")
    assert {finding.level for finding in lancedb()} == {"warning"}
    assert not (tmp_path / "elsewhere").exists()
