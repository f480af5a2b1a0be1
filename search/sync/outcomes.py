"""What became of outbox entries, for the log and the metrics."""

import logging
from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from django.db import transaction

from base.logs.context import fields
from base.models import database_time
from search.metrics import ENTRIES, INDEX_DELAY
from search.models import OutboxEntry

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    SYNCED = "synced"
    MISSING_VECTOR = "missing_vector"
    RETRIED = "retried"
    REJECTED = "rejected"


# A message and its level. Why a model rejected a text is only in the admin, because it may quote the text.
_MESSAGES = {
    Outcome.SYNCED: ("A change is in the index.", logging.INFO),
    Outcome.MISSING_VECTOR: ("A change is in the index, but its vector is missing.", logging.INFO),
    Outcome.RETRIED: ("A change will be tried again.", logging.INFO),
    Outcome.REJECTED: ("A change was rejected and became a dead letter.", logging.WARNING),
}


def report(outcome: Outcome, entries: Sequence[OutboxEntry]) -> None:
    """Log and count the outcome of the entries when the transaction has committed."""
    transaction.on_commit(partial(_report, outcome, entries), robust=True)


def _report(outcome: Outcome, entries: Sequence[OutboxEntry]) -> None:
    now = database_time()
    message, level = _MESSAGES[outcome]
    for entry in entries:
        ENTRIES.labels(entry.table, outcome).inc()
        if outcome is Outcome.MISSING_VECTOR or (outcome is Outcome.SYNCED and not entry.missing_vector):
            INDEX_DELAY.labels(entry.table).observe((now - entry.created_at).total_seconds())
        ids = {"table": entry.table, "entity_id": entry.entity_id, "user_id": entry.owner_id, "rev": entry.pk}
        logger.log(level, message, extra=fields(**ids, outcome=outcome, attempts=entry.attempts))
