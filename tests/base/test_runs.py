"""The lifecycle of runs, with generations as the example."""

import base64
import json
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from base import runs
from base.connections import valkey_client
from base.runs import RunLifecycle
from flashcards.generation.models import Generation, GenerationStatus
from tests.factories import GenerationFactory
from tests.waiting import wait_until

LIFECYCLE = RunLifecycle(Generation, task="flashcards.tasks.propose_cards", running=GenerationStatus.RUNNING.value)


def running(owner: User, **fields: object) -> Generation:
    return GenerationFactory(owner=owner, status=GenerationStatus.RUNNING, **fields)


def arguments(job: str | bytes) -> str:
    """The arguments of a task in the broker."""
    return base64.b64decode(json.loads(job)["body"]).decode()


def fail(run: Generation) -> None:
    LIFECYCLE.end(run, status=GenerationStatus.FAILED, error={"code": "stopped", "detail": "Stopped."})


def test_a_run_is_claimed_once(alice: User) -> None:
    run = running(alice)
    claimed = LIFECYCLE.claim(run.pk, "owner")
    assert claimed == run
    assert claimed is not None
    assert claimed.heartbeat_at is not None
    assert LIFECYCLE.claim(run.pk) is None


def test_an_ended_or_missing_run_is_not_claimed(alice: User) -> None:
    assert LIFECYCLE.claim(GenerationFactory(owner=alice).pk) is None
    assert LIFECYCLE.claim(uuid4()) is None


def test_the_end_is_recorded_and_a_run_that_has_ended_is_not_locked(alice: User) -> None:
    run = running(alice)
    LIFECYCLE.end(run, status=GenerationStatus.DONE, proposed=3)
    run.refresh_from_db()
    assert (run.status, run.proposed) == (GenerationStatus.DONE, 3)
    assert run.finished_at is not None
    assert LIFECYCLE.lock(run.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_is_written_while_the_work_goes_on(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT_EVERY", 0.01)
    started = timezone.now() - timedelta(minutes=1)
    run = running(alice, heartbeat_at=started)

    def written() -> bool:
        return Generation.objects.filter(pk=run.pk, heartbeat_at__gt=started).exists()

    with LIFECYCLE.heartbeat(run.pk):
        assert wait_until(written)


def test_the_sweep_fails_only_runs_whose_worker_is_silent(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    now = timezone.now()
    silent = running(alice, heartbeat_at=now - LIFECYCLE.silence - timedelta(seconds=1))
    alive = running(alice, heartbeat_at=now - timedelta(seconds=1))
    with caplog.at_level(logging.WARNING, "base.runs"):
        LIFECYCLE.sweep(at=now, fail=fail)
    for run in (silent, alive):
        run.refresh_from_db()
    assert (silent.status, alive.status) == (GenerationStatus.FAILED, GenerationStatus.RUNNING)
    assert vars(caplog.records[0])["fields"]["run_id"] == str(silent.pk)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_enqueues_runs_again_that_no_worker_has_claimed(alice: User) -> None:
    now = timezone.now()
    waiting = running(alice, created_at=now - LIFECYCLE.unclaimed_for - timedelta(seconds=1))
    recent = running(alice, created_at=now)

    def enqueued(run: Generation) -> bool:
        return any(str(run.pk) in job for job in map(arguments, valkey_client().lrange("runs", 0, -1)))

    LIFECYCLE.sweep(at=now, fail=fail)
    assert wait_until(lambda: enqueued(waiting))
    assert not enqueued(recent)
