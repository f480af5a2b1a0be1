"""Backups in health and in the doctor's report."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.backup import schedule
from operations.checks.backups import backups
from operations.models import Backup

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def daily(settings: Settings) -> None:
    settings.BACKUP_EVERY = 24


def made(*, hours_ago: float, error: str = "") -> Backup:
    return schedule.record(started_at=timezone.now() - timedelta(hours=hours_ago), file=Path("x.zip"), error=error)


def level() -> str:
    [finding] = backups()
    return finding.level


def test_a_backup_that_is_overdue_is_a_warning() -> None:
    assert level() == "ok"  # the first one is not made yet
    made(hours_ago=30)
    assert level() == "ok"
    Backup.objects.all().delete()
    made(hours_ago=49)
    assert level() == "warning"


def test_a_failure_counts_until_the_next_backup() -> None:
    made(hours_ago=3, error="No space left on device")
    [finding] = backups()
    assert (finding.level, "No space left on device" in finding.message) == ("warning", True)
    made(hours_ago=1)
    assert level() == "ok"


def test_without_a_schedule_the_last_backup_is_shown_and_may_be_old(settings: Settings) -> None:
    settings.BACKUP_EVERY = 0
    last = made(hours_ago=1000)
    made(hours_ago=1, error="No space left on device")
    [finding] = backups()
    assert finding.level == "ok"
    assert finding.figures == {"every_hours": 0, "last_verified": last.started_at, "file": "x.zip"}


def test_a_log_that_is_not_archived_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    settings.POINT_IN_TIME_DIR = str(tmp_path)
    _schedule, archive = backups()
    assert (archive.level, "The write-ahead log is not copied" in archive.message) == ("warning", True)
