"""The outbox: changes that the index may lack, claimed in batches and kept until they are applied."""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now

from base.models import ClockTimestamp
from base.runs import repeated
from search.models import OutboxEntry, OutboxStatus
from search.sync.outcomes import Outcome, report
from search.sync.requests import request_drain, request_embedding

# A worker renews its lease while it works, so a dead worker's entries wait this long only (docs/decisions/0022).
LEASE = timedelta(seconds=15)
RENEW_EVERY = 5.0  # seconds
MAX_RENEWALS = 60  # a worker that hangs for longer must not keep others from its entries
MAX_ATTEMPTS = 10
MAX_RETRY_WAIT = 600  # seconds between two attempts when the entry itself fails
# Seconds between two attempts during an outage, so that a long one is not spent on retries of the backlog.
MAX_OUTAGE_WAIT = 300
MAX_TEXT_RETRY_WAIT = 8  # the same for texts that are not in the index: users miss them, and a retry is cheap
MAX_ERROR_LENGTH = 2000  # characters


# The table, the owner and the entity of an entry to write.
Change = tuple[str, UUID, UUID | None]


class _Collected(threading.local):
    """The changes that `written_together` has collected in this thread; None outside of it. The latest are last."""

    changes: dict[Change, None] | None = None


_collected = _Collected()

# In order, so that a later change has the greater id. SQL's now() is the start of the transaction, and would make the
# changes of a long one look old.
INSERT = """
    INSERT INTO search_outboxentry ("table", owner_id, entity_id, status, due_at, attempts, error, created_at)
    SELECT changed."table", owner_id, entity_id, 'pending', statement_timestamp(), 0, '', statement_timestamp()
    FROM unnest(%s::text[], %s::uuid[], %s::uuid[]) WITH ORDINALITY AS changed("table", owner_id, entity_id, number)
    ORDER BY number
"""


def record(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID | None]) -> None:
    """Write outbox entries in the current transaction, and request a drain for when it has committed."""
    changes: list[Change] = [(table, owner_id, entity_id) for entity_id in entity_ids]
    if _collected.changes is None:
        _write(changes)
        return
    for change in changes:
        _collected.changes.pop(change, None)
        _collected.changes[change] = None


@contextmanager
def written_together() -> Iterator[None]:
    """Write the entries of this block with one statement at its end, one for each entity. Open a transaction first.

    Blocks may be nested: the outermost one writes. An entry stays if a savepoint is rolled back within the block,
    which does no harm: it says that the entity may differ from the index.
    """
    if _collected.changes is not None:
        yield
        return
    _collected.changes = {}
    try:
        yield
        _write(_collected.changes)
    finally:
        _collected.changes = None


def _write(changes: Collection[Change]) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*changes, strict=True)])
    request_drain()


CLAIM = """
    UPDATE search_outboxentry SET due_at = statement_timestamp() + %s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM search_outboxentry
        WHERE status = 'pending' AND missing_vector = %s AND due_at <= statement_timestamp()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING *
"""


def claim(limit: int, *, missing_vector: bool = False) -> list[OutboxEntry]:
    """Claim due entries for the time of `LEASE`. If the worker dies, they are due again after it.

    `missing_vector`: those whose text is in the index already, instead of those whose text is not.
    """
    return sorted(OutboxEntry.objects.raw(CLAIM, [LEASE, missing_vector, limit]), key=lambda entry: entry.pk)


@contextmanager
def renewed(entries: Sequence[OutboxEntry]) -> Iterator[None]:
    """Renew the lease of claimed entries while the block runs."""
    # An entry that was postponed meanwhile may be due later than this.
    leased = OutboxEntry.objects.filter(due_at__lt=Now() + LEASE)
    claimed = leased.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.PENDING)
    renewal = f"lease renewal of {len(entries)} outbox entries"
    with repeated(lambda: claimed.update(due_at=Now() + LEASE), every=RENEW_EVERY, times=MAX_RENEWALS, name=renewal):
        yield


def finish(entries: Sequence[OutboxEntry]) -> None:
    _update(entries, status=OutboxStatus.DONE, done_at=ClockTimestamp(), error="")
    report(Outcome.SYNCED, entries)


def dead_letter(entries: Sequence[OutboxEntry], error: str) -> None:
    """Stop trying the entries until an operator requeues them."""
    _update(entries, status=OutboxStatus.DEAD, error=error[:MAX_ERROR_LENGTH])
    report(Outcome.REJECTED, entries)


def postpone(entries: Sequence[OutboxEntry], error: str) -> None:
    """Try again later, any number of times, because a server is unavailable. The entries themselves are fine."""
    _postpone(entries, error)
    report(Outcome.RETRIED, entries)


def _postpone(entries: Sequence[OutboxEntry], error: str) -> None:
    for entry in entries:
        max_wait = MAX_OUTAGE_WAIT if entry.missing_vector else MAX_TEXT_RETRY_WAIT
        wait = min(2 ** min(entry.attempts, 10), max_wait)
        _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:MAX_ERROR_LENGTH])


def await_vectors(entries: Sequence[OutboxEntry], error: str, *, now: bool) -> None:
    """Leave the entries, whose texts are written, to `drain.VECTORS`: `now`, or later because of an outage."""
    report(Outcome.RETRIED if all(entry.missing_vector for entry in entries) else Outcome.MISSING_VECTOR, entries)
    _update(entries, missing_vector=True)
    for entry in entries:
        entry.missing_vector = True
    if now:
        _update(entries, due_at=Now(), error=error[:MAX_ERROR_LENGTH])
        request_embedding()
    else:
        _postpone(entries, error)


def retry_now(table: str) -> None:
    """Make the postponed entries of the table due, because it can be written again."""
    postponed = OutboxEntry.objects.filter(table=table, status=OutboxStatus.PENDING, due_at__gt=Now())
    if postponed.exclude(error="").update(due_at=Now()):
        request_drain()


def retry_vectors_soon(table: str) -> None:
    """The embedder answers again: make due the entries that its outage has postponed for longer than a lease."""
    waiting = OutboxEntry.objects.filter(table=table, status=OutboxStatus.PENDING, missing_vector=True)
    # A lease ends before this, so no entry is taken from a worker that is embedding its text.
    if waiting.filter(due_at__gt=Now() + LEASE).update(due_at=Now()):
        request_embedding()


def fail(entry: OutboxEntry, error: str) -> None:
    """Count a failure of the entry itself: try again later, or make it a dead letter after `MAX_ATTEMPTS`."""
    if entry.attempts >= MAX_ATTEMPTS:
        dead_letter([entry], error)
        return
    wait = min(2**entry.attempts, MAX_RETRY_WAIT)
    _update([entry], due_at=Now() + timedelta(seconds=wait), error=error[:MAX_ERROR_LENGTH])
    report(Outcome.RETRIED, [entry])


def requeue(entries: Iterable[OutboxEntry]) -> int:
    """Make the dead letters among the entries pending and due now. Returns how many there were."""
    dead = OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries], status=OutboxStatus.DEAD)
    count = dead.update(status=OutboxStatus.PENDING, missing_vector=False, attempts=0, due_at=Now(), error="")
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
