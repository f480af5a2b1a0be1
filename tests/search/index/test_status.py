from datetime import timedelta
from pathlib import Path
from shutil import rmtree

import pytest
from django.utils import timezone

from accounts.models import User
from search.index.status import TableStatus
from search.models import OutboxEntry, OutboxStatus
from search.queries import index_status, outbox_status
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def status_of_messages() -> TableStatus:
    return next(status for status in index_status() if status.table == "messages")


def test_a_status_counts_rows_and_waiting_changes(alice: User) -> None:
    assert status_of_messages().status == "missing"
    maintenance.maintain_tables()
    MessageFactory.create_batch(2, conversation__owner=alice)
    drain()
    MessageFactory(conversation__owner=alice)
    status = status_of_messages()
    assert (status.status, status.rows, status.embedded, status.drift) == ("ok", 2, 2, 1)
    assert (status.backend, status.dimensions) == ("builtin", 256)
    assert status.version > 0


def test_a_table_that_cannot_be_read_is_damaged(alice: User, own_index: Path) -> None:
    maintenance.maintain_tables()
    rmtree(own_index)
    assert status_of_messages().status == "damaged"


def test_the_outbox_counts_pending_and_dead_entries_and_the_longest_wait(alice: User) -> None:
    assert outbox_status().oldest_seconds == 0
    MessageFactory.create_batch(3, conversation__owner=alice)
    first = OutboxEntry.objects.earliest("pk")
    OutboxEntry.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    OutboxEntry.objects.filter(pk=OutboxEntry.objects.latest("pk").pk).update(status=OutboxStatus.DEAD)
    state = outbox_status()
    assert (state.pending, state.dead) == (2, 1)
    assert 300 <= state.oldest_seconds < 330
