"""The outbox: changes that the index may lack, claimed in batches and kept until they are applied."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import DateTimeField, Func, Max
from django.db.models.functions import Now

from search.models import OutboxEntry, OutboxStatus
from search.sync.requests import request_drain

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 10
MAX_RETRY_WAIT = 600  # seconds between two attempts when the entry itself fails
# Seconds between two attempts during an outage, so that a long one is not spent on retries of the backlog.
MAX_OUTAGE_WAIT = 300
MAX_ERROR_LENGTH = 2000  # characters


class ClockTimestamp(Func):
    """The current time. `Now` is the start of the transaction, which may have waited for the writers' lock since."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def record(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID | None]) -> None:
    """Write outbox entries in the current transaction, and request a drain for when it has committed."""
    entries = [OutboxEntry(table=table, owner_id=owner_id, entity_id=entity_id) for entity_id in entity_ids]
    if not entries:
        return
    OutboxEntry.objects.bulk_create(entries)
    request_drain()


CLAIM = """
    UPDATE search_outboxentry SET due_at = now() + %s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM search_outboxentry WHERE status = 'pending' AND due_at <= now()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING *
"""


def claim(limit: int) -> list[OutboxEntry]:
    """Claim due entries for the time of `LEASE`. If the worker dies, they are due again after it."""
    return sorted(OutboxEntry.objects.raw(CLAIM, [LEASE, limit]), key=lambda entry: entry.pk)


def finish(entries: Sequence[OutboxEntry]) -> None:
    _update(entries, status=OutboxStatus.DONE, done_at=ClockTimestamp(), error="")


def dead_letter(entries: Sequence[OutboxEntry], error: str) -> None:
    """Stop trying the entries until an operator requeues them."""
    _update(entries, status=OutboxStatus.DEAD, error=error[:MAX_ERROR_LENGTH])


def postpone(entries: Sequence[OutboxEntry], error: str) -> None:
    """Try again later, any number of times, because a server is unavailable. The entries themselves are fine."""
    for entry in entries:
        wait = min(2 ** min(entry.attempts, 10), MAX_OUTAGE_WAIT)
        _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:MAX_ERROR_LENGTH])


def fail(entry: OutboxEntry, error: str) -> None:
    """Count a failure of the entry itself: try again later, or make it a dead letter after `MAX_ATTEMPTS`."""
    if entry.attempts >= MAX_ATTEMPTS:
        dead_letter([entry], error)
        return
    wait = min(2**entry.attempts, MAX_RETRY_WAIT)
    _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:MAX_ERROR_LENGTH])


def requeue(entries: Iterable[OutboxEntry]) -> int:
    """Make the dead letters among the entries pending and due now. Returns how many there were."""
    dead = OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.DEAD)
    count = dead.update(status=OutboxStatus.PENDING, attempts=0, due_at=Now(), error="")
    request_drain()
    return count


def latest_done(table: str, entity_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The id of the latest applied entry of each entity."""
    done = OutboxEntry.objects.filter(table=table, entity_id__in=list(entity_ids), status=OutboxStatus.DONE)
    latest = done.order_by().values_list("entity_id").annotate(Max("id"))
    return {entity_id: pk for entity_id, pk in latest if entity_id}


def latest_purge(table: str, owner_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The id of the latest applied entry that removed everything of each owner."""
    done = OutboxEntry.objects.filter(
        table=table, entity_id=None, owner_id__in=set(owner_ids), status=OutboxStatus.DONE
    )
    return {entry.owner_id: entry.pk for entry in done.order_by("id")}


def _update(entries: Sequence[OutboxEntry], **changes: object) -> None:
    # Another worker has recorded the outcome of an entry that is no longer pending.
    pending = OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.PENDING)
    pending.update(**changes)
