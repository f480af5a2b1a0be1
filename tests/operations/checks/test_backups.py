"""Backups in health and in the doctor's report."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.checks.backups import backups
from operations.models import Backup

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def daily(settings: Settings) -> None:
    settings.BACKUP_EVERY = 24


def made_hours_ago(hours: int, *, error: str = "") -> None:
    Backup.objects.create(started_at=timezone.now() - timedelta(hours=hours), file="backup.zip", error=error)


def level() -> str:
    [finding] = backups()
    return finding.level


def test_no_backup_yet_is_no_problem() -> None:
    assert level() == "ok"


def test_a_scheduled_backup_may_be_late_by_one_interval() -> None:
    made_hours_ago(30)
    assert level() == "ok"
    Backup.objects.all().delete()
    made_hours_ago(49)
    assert level() == "warning"


def test_a_failure_counts_until_the_next_backup() -> None:
    made_hours_ago(3, error="No space left on device")
    [finding] = backups()
    assert (finding.level, "No space left on device" in finding.message) == ("warning", True)
    made_hours_ago(1)
    assert level() == "ok"


def test_without_a_schedule_old_backups_are_no_problem(settings: Settings) -> None:
    settings.BACKUP_EVERY = 0
    made_hours_ago(1000)
    assert level() == "ok"
