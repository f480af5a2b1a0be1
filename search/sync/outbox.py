"""The outbox: what may differ from the index, claimed in batches, kept until it is applied."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import DateTimeField, Func, Max
from django.db.models.functions import Now

from search.models import OutboxEntry, OutboxStatus
from search.sync.requests import request_drain

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 10
LONGEST_WAIT = 600  # seconds between two tries of an entry that fails by itself
LONGEST_OUTAGE_WAIT = 300  # seconds; a short outage is over within a few, a backlog must not spin through a long one
LONGEST_ERROR = 2000  # characters


class ClockTimestamp(Func):
    """The moment itself; `Now` is the transaction's begin, which may lie before a wait for the writers' lock."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def record(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID | None]) -> None:
    """Write outbox rows in the present transaction, and ask the worker for them once it has committed."""
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
    """Take due entries for `LEASE`; a worker that dies gives them back by letting that time pass."""
    return sorted(OutboxEntry.objects.raw(CLAIM, [LEASE, limit]), key=lambda entry: entry.pk)


def finish(entries: Sequence[OutboxEntry]) -> None:
    _update(entries, status=OutboxStatus.DONE, done_at=ClockTimestamp(), error="")


def bury(entries: Sequence[OutboxEntry], error: str) -> None:
    """Give up on the entries until somebody asks for a retry."""
    _update(entries, status=OutboxStatus.DEAD, error=error[:LONGEST_ERROR])


def postpone(entries: Sequence[OutboxEntry], error: str) -> None:
    """Try again later, without end: what is missing is a server, not a right entry."""
    for entry in entries:
        wait = min(2 ** min(entry.attempts, 10), LONGEST_OUTAGE_WAIT)
        _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:LONGEST_ERROR])


def fail(entry: OutboxEntry, error: str) -> None:
    """Count a failure of the entry itself: later again, or dead after `MOST_ATTEMPTS`."""
    if entry.attempts >= MOST_ATTEMPTS:
        bury([entry], error)
        return
    wait = min(2**entry.attempts, LONGEST_WAIT)
    _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:LONGEST_ERROR])


def retry(entries: Iterable[OutboxEntry]) -> int:
    """Bring dead entries back to life, due now; answers how many were dead."""
    dead = OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.DEAD)
    count = dead.update(status=OutboxStatus.PENDING, attempts=0, due_at=Now(), error="")
    request_drain()
    return count


def superseded(table: str, entity_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The newest applied entry of each entity, by id."""
    done = OutboxEntry.objects.filter(table=table, entity_id__in=list(entity_ids), status=OutboxStatus.DONE)
    newest = done.order_by().values_list("entity_id").annotate(Max("id"))
    return {entity_id: pk for entity_id, pk in newest if entity_id}


def purged(table: str, owner_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The newest applied purge of each owner, by id."""
    done = OutboxEntry.objects.filter(table=table, entity_id=None, owner_id__in=set(owner_ids), status="done")
    return {entry.owner_id: entry.pk for entry in done.order_by("id")}


def _update(entries: Sequence[OutboxEntry], **changes: object) -> None:
    # A dead or done entry is somebody else's decision by now; only what is still pending is ours.
    pending = OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.PENDING)
    pending.update(**changes)
