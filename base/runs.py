"""The lifecycle of long work. Each run is a row that a worker claims, keeps alive with heartbeats and ends once.

A request creates the row and enqueues the task. The row decides: the sweep sends a lost task again and fails the run of
a dead worker, and a task that arrives twice finds the row claimed.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import Error, models, transaction
from django.utils import timezone

from base.connections import release_connection
from base.jobs import RUNS, enqueue
from base.logs.context import bind, fields
from base.logs.outages import log_failure
from base.metrics import counter
from base.models import ClockTimestamp, database_time
from base.postgresql.acting import acting_for, acting_for_all_users, keep_acting

logger = logging.getLogger(__name__)

ENDED_RUNS = counter("runs", "Runs that have ended, such as replies.", ["task", "provider", "outcome", "error_code"])

HEARTBEAT_EVERY = 5.0  # seconds
MAX_SENT_AGAIN = 100  # per sweep


class Run(models.Model):
    """The columns of every run. The concrete model adds `owner`, `status` and the columns of its work."""

    # {"code", "detail"}: why it failed, for programs and for the user.
    error = models.JSONField(null=True, blank=True)
    # Null until a worker claims the row. An old one means that the worker died.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Run)


@dataclass(frozen=True)
class RunLifecycle(Generic[Row]):
    """How the runs of one model reach a worker, and what happens when the worker dies.

    `task` is the Celery task; it takes the row's id. `running` is the status of a row that has not ended. A heartbeat
    older than `silence` means that the worker died. A row that no worker claimed for `unclaimed_for` is sent again.
    """

    model: type[Row]
    task: str
    running: str
    silence: timedelta = timedelta(seconds=30)
    unclaimed_for: timedelta = timedelta(seconds=10)

    def enqueue(self, run_id: UUID, *, expires: int | None = None) -> None:
        """Ask a worker for the run, after commit. Never blocks and never fails."""
        enqueue(self.task, str(run_id), expires=expires, queue=RUNS)

    def claim(self, run_id: UUID, *related: str) -> Row | None:
        """Claim the run for this worker. None when another worker has it, or it has ended.

        `related` are names for `select_related`. The caller must then act for the owner of the run.
        """
        with acting_for_all_users("a task has the id of a run, and only its row names the owner"):
            if not self._running(pk=run_id, heartbeat_at=None).update(heartbeat_at=ClockTimestamp()):
                return None
            run = self.model._default_manager.select_related(*related).filter(pk=run_id).first()
        if run is not None:
            bind(**_ids(run))
        return run

    @contextmanager
    def heartbeat(self, run_id: UUID) -> Iterator[None]:
        """Keep the run alive from a thread of its own: the work may wait minutes for a model."""
        row = self._running(pk=run_id)
        name = f"heartbeat of {self.model.__name__} {run_id}"
        with repeated(lambda: row.update(heartbeat_at=ClockTimestamp()), every=HEARTBEAT_EVERY, name=name):
            yield

    def lock(self, run_id: UUID) -> Row | None:
        """The row, locked until the transaction ends; None when the run has ended or is deleted."""
        return self._running(pk=run_id).select_for_update().first()

    def end(self, run: Row, *, status: str, **changes: Any) -> None:
        """End a locked run with this status, and set the columns in `changes`."""
        values = {**changes, "status": status, "finished_at": timezone.now()}
        for name, value in values.items():
            setattr(run, name, value)
        run.save(update_fields=list(values))
        transaction.on_commit(partial(_report_end, run, self.task), robust=True)

    def sweep(self, *, at: datetime, fail: Callable[[Row], None]) -> None:
        """Fail the runs whose worker died, and send the unclaimed ones again.

        `at` is the time of PostgreSQL (`base.models`), as heartbeats are. `fail` is called in a transaction with the
        locked row, and must end the run or make it unclaimed again.
        """
        silent_since = at - self.silence
        for owner_id, run_id in self._running(heartbeat_at__lt=silent_since).values_list("owner_id", "pk"):
            with acting_for(owner_id), transaction.atomic():
                run = self.lock(run_id)
                # Read again under the lock: the worker may have been slow, not dead.
                if run is not None and run.heartbeat_at is not None and run.heartbeat_at < silent_since:
                    logger.warning("A run has lost its worker.", extra=fields(task=self.task, **_ids(run)))
                    fail(run)
        unclaimed = self._running(heartbeat_at=None, created_at__lt=at - self.unclaimed_for).order_by("created_at")
        # Tasks of a sweep expire, so that they do not pile up while no worker runs.
        expires = int(self.unclaimed_for.total_seconds())
        for run_id in unclaimed.values_list("pk", flat=True)[:MAX_SENT_AGAIN]:
            logger.info("A run that no worker has claimed is sent again.", extra=fields(task=self.task, run_id=run_id))
            self.enqueue(run_id, expires=expires)

    def _running(self, **conditions: Any) -> "models.QuerySet[Row]":
        return self.model._default_manager.filter(status=self.running, **conditions)


def _ids(run: Run) -> dict[str, object]:
    """What log lines say of a run."""
    ids = {"run_id": run.pk, "user_id": vars(run).get("owner_id"), "conversation_id": vars(run).get("conversation_id")}
    return {name: value for name, value in ids.items() if value}


def _report_end(run: Run, task: str) -> None:
    """Log and count a run that has ended."""
    code, provider = (run.error or {}).get("code", ""), vars(run).get("provider", "")
    status, seconds = vars(run)["status"], (database_time() - run.created_at).total_seconds()
    ENDED_RUNS.labels(task, provider, status, code).inc()
    values = {"task": task, "provider": provider, "outcome": status, "error_code": code, "seconds": f"{seconds:.1f}"}
    logger.info("A run has ended.", extra=fields(**_ids(run), **values))


@contextmanager
def repeated(update: Callable[[], object], *, every: float, name: str, times: int | None = None) -> Iterator[None]:
    """Call `update` every so many seconds while the block runs, in a thread of its own, at most so many `times`.

    An update that PostgreSQL does not answer is logged with this name.
    """
    done = threading.Event()
    arguments = (keep_acting(update), every, name, times, done)
    thread = threading.Thread(target=_repeat, args=arguments, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _repeat(update: Callable[[], object], every: float, name: str, times: int | None, done: threading.Event) -> None:
    count = 0
    while not done.wait(every) and (times is None or count < times):
        count += 1
        try:
            update()
        except Error as error:
            log_failure(f"No {name}", error)
        finally:
            release_connection()
