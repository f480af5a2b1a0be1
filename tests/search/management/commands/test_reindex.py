from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from chat.models import Message
from search.models import IndexTable
from search.queries import Mode, find
from tests.search.management.commands.test_check_index import check_index
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


def test_reindex_repairs_the_differences(alice: User, three_messages: list[Message]) -> None:
    Message.objects.filter(pk=three_messages[0].pk).update(content="Unheard of volcanoes.")
    assert check_index()[0] == 1
    call_command("reindex", "--table", "messages", stdout=StringIO())
    assert check_index()[0] == 0
    assert len(find(owner_id=alice.pk, table="messages", query="volcanoes", mode=Mode.KEYWORD).hits) == 1
    assert IndexTable.objects.get(table="messages", state="active").activated_at


def test_reindex_continues_after_an_interruption(
    alice: User,
    three_messages: list[Message],
    ollama: OllamaStandIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 0.0)
    monkeypatch.setattr("search.sync.rebuild.BATCH", 1)
    settings.EMBEDDINGS = "ollama"
    ollama.configure(bad_text="Message 1")
    ollama.down()
    with pytest.raises(CommandError, match="not answering"):
        call_command("reindex", "--table", "messages", stdout=StringIO())
    began = IndexTable.objects.get(table="messages", state="building")
    ollama.configure(bad_text="")
    ollama.up()
    call_command("reindex", "--table", "messages", stdout=StringIO())
    assert IndexTable.objects.get(table="messages", state="active").pk == began.pk
    assert check_index()[0] == 0


def test_an_unknown_table_gives_an_error_message(db: None) -> None:
    with pytest.raises(CommandError, match="no such table"):
        call_command("reindex", "--table", "nonsense")
