from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from chat.models import Message
from search.index.tables import lance_table, readable_table
from search.models import OutboxEntry
from search.registry import Entity
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def check_index(*options: str) -> tuple[int, str]:
    """The exit code and the output of `manage.py check_index`."""
    output = StringIO()
    try:
        call_command("check_index", *options, stdout=output)
    except SystemExit as error:
        return int(str(error.code)), output.getvalue()
    return 0, output.getvalue()


def test_a_complete_index_passes_the_check(three_messages: list[Message]) -> None:
    code, output = check_index()
    assert code == 0
    assert "messages: 0 missing, 0 extra, 0 stale, 0 missing vectors" in output


def test_differences_are_counted(three_messages: list[Message], messages: Entity) -> None:
    missing, stale, extra = three_messages
    row = readable_table(messages)
    assert row
    table = lance_table(messages, row)
    table.remove([stored["id"] for stored in table.stored([missing.pk])])
    Message.objects.filter(pk=stale.pk).update(content="Other words.")
    Message.objects.filter(pk=extra.pk).update(superseded=True)
    code, output = check_index("--table", "messages")
    assert code == 1
    assert "messages: 1 missing, 1 extra, 1 stale" in output


def test_a_missing_index_fails_the_check(alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    assert check_index("--table", "messages")[0] == 1


def test_dead_letters_do_not_fail_the_check(three_messages: list[Message]) -> None:
    OutboxEntry.objects.update(status="dead")
    assert "3 dead" in check_index()[1]
