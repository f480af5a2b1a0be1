from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from chat.models import Message
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, OutboxEntry
from search.queries import Mode, find
from search.registry import Entity
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


def check(*options: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("check_index", *options, stdout=output)
    except SystemExit as end:
        return int(str(end.code)), output.getvalue()
    return 0, output.getvalue()


@pytest.fixture
def three(alice: User) -> list[Message]:
    maintenance.maintain_tables()
    made: list[Message] = [
        MessageFactory(conversation__owner=alice, content=f"Message {number}. " * 400) for number in range(3)
    ]
    drain()
    return made


def test_a_complete_index_passes_the_check(three: list[Message]) -> None:
    code, output = check()
    assert code == 0
    assert "messages: 0 missing, 0 extra, 0 stale, 0 without vector yet" in output


def test_differences_are_counted(three: list[Message], messages: Entity) -> None:
    missing, stale, gone = three
    row = readable_table(messages)
    assert row
    table = lance_table(messages, row)
    table.remove([stored["id"] for stored in table.stored([missing.pk])])
    Message.objects.filter(pk=stale.pk).update(content="Other words.")
    Message.objects.filter(pk=gone.pk).update(superseded=True)
    code, output = check("--table", "messages")
    assert code == 1
    assert "messages: 1 missing, 1 extra, 1 stale" in output


def test_a_missing_index_fails_the_check(alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    assert check("--table", "messages")[0] == 1


def test_reindex_repairs_the_differences(alice: User, three: list[Message]) -> None:
    Message.objects.filter(pk=three[0].pk).update(content="Unheard of volcanoes.")
    assert check()[0] == 1
    call_command("reindex", "--table", "messages", stdout=StringIO())
    assert check()[0] == 0
    assert len(find(owner_id=alice.pk, table="messages", query="volcanoes", mode=Mode.KEYWORD).hits) == 1
    assert IndexTable.objects.get(table="messages", state="active").activated_at


def test_reindex_continues_after_an_interruption(
    alice: User, three: list[Message], ollama: OllamaStandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 0.0)
    monkeypatch.setattr("search.sync.rebuild.BATCH", 1)
    settings.EMBEDDINGS = "ollama"
    ollama.turn(bad_text="Message 1")
    ollama.down()
    with pytest.raises(CommandError, match="not answering"):
        call_command("reindex", "--table", "messages", stdout=StringIO())
    began = IndexTable.objects.get(table="messages", state="building")
    ollama.turn(bad_text="")
    ollama.up()
    call_command("reindex", "--table", "messages", stdout=StringIO())
    assert IndexTable.objects.get(table="messages", state="active").pk == began.pk
    assert check()[0] == 0


def test_an_unknown_table_gives_an_error_message(db: None) -> None:
    with pytest.raises(CommandError, match="no such table"):
        call_command("reindex", "--table", "nonsense")


def test_dead_letters_do_not_fail_the_check(three: list[Message]) -> None:
    OutboxEntry.objects.update(status="dead")
    assert "3 dead" in check()[1]
