from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from base.models import database_time
from chat.models import Message
from search.models import OutboxEntry, OutboxStatus
from search.registry import Entity
from search.services import drain
from tests.search.management.commands.test_check_index import check_index
from tests.search.reading import table_of

pytestmark = pytest.mark.django_db(transaction=True)


def replay_outbox(*options: str) -> str:
    output = StringIO()
    call_command("replay_outbox", *options, stdout=output)
    return output.getvalue()


def pending() -> int:
    return OutboxEntry.objects.filter(status=OutboxStatus.PENDING).count()


def test_lost_changes_are_applied_again_without_duplicates(three_messages: list[Message], messages: Entity) -> None:
    lost, hidden, kept = three_messages
    table = table_of(messages)
    chunks = len(table.stored([kept.pk]))
    table.remove([stored["id"] for stored in table.stored([lost.pk])])
    Message.objects.filter(pk=hidden.pk).update(superseded=True)
    assert "messages: 3 changed rows" in replay_outbox("--table", "messages", "--since", "1h")
    assert pending() == 3
    drain()
    assert check_index("--table", "messages")[0] == 0
    assert [len(table.stored([message.pk])) for message in (lost, hidden, kept)] == [chunks, 0, chunks]


def test_a_dry_run_only_counts(three_messages: list[Message]) -> None:
    assert "messages: 3 changed rows" in replay_outbox("--table", "messages", "--dry-run")
    assert pending() == 0


def test_changes_are_chosen_by_row_and_time(three_messages: list[Message]) -> None:
    assert "messages: 1 changed rows" in replay_outbox("--entity", str(three_messages[0].pk))
    assert pending() == 1
    at = database_time() + timedelta(minutes=1)
    assert "changed" not in replay_outbox("--since", at.isoformat(), "--dry-run")
    assert "changed" not in replay_outbox("--entity", str(uuid4()))


def test_dead_letters_are_requeued(three_messages: list[Message]) -> None:
    OutboxEntry.objects.filter(entity_id=three_messages[0].pk).update(status=OutboxStatus.DEAD)
    assert "1 dead letters would be requeued" in replay_outbox("--dead", "--dry-run")
    assert pending() == 0
    assert "1 dead letters were requeued" in replay_outbox("--dead", "--table", "messages")
    assert pending() == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Say what to replay"),
        (["--since", "2026-01-01"], "for a day"),
        (["--since", "yesterday"], "takes a date"),
        (["--table", "nothing"], "table"),
        (["--entity", "3"], "entity"),
    ],
)
def test_options_that_choose_nothing_are_refused(options: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        replay_outbox(*options)
