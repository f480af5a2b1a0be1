"""Scheduled backups: when they are due, one at a time, and what health says of them."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.backup import schedule
from operations.backup.files.backup_file import SECRETS, BackupFile
from operations.health import report
from operations.models import Backup
from operations.tasks import back_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def directory(settings: Settings, tmp_path: Path) -> Path:
    settings.BACKUP_EVERY, settings.BACKUP_DIR, settings.BACKUP_KEEP = 24, str(tmp_path / "backups"), 2
    return tmp_path / "backups"


def made_hours_ago(hours: float, *, error: str = "") -> Backup:
    return schedule.record(started_at=timezone.now() - timedelta(hours=hours), file=Path("x.zip"), error=error)


def test_the_first_backup_is_made_immediately_and_the_next_one_when_it_is_due(directory: Path) -> None:
    back_up()
    back_up()
    [path] = directory.iterdir()
    row = Backup.objects.get()
    assert (row.file, row.size, row.error) == (str(path), path.stat().st_size, "")
    with BackupFile(path) as backup:
        assert SECRETS not in backup.manifest.parts

    Backup.objects.update(started_at=timezone.now() - timedelta(hours=25))
    path.rename(path.with_name("memoryloop-20260101T000000Z.zip"))
    back_up()
    assert Backup.objects.count() == len(list(directory.iterdir())) == 2


def test_a_passphrase_adds_the_secrets_and_old_backups_are_deleted(directory: Path, settings: Settings) -> None:
    settings.BACKUP_PASSPHRASE, settings.BACKUP_KEEP = "correct horse battery", 1
    back_up()
    [path] = directory.iterdir()
    path.rename(path.with_name("memoryloop-20260101T000000Z.zip"))
    Backup.objects.all().delete()
    back_up()
    [path] = directory.iterdir()
    with BackupFile(path) as backup:
        assert SECRETS in backup.manifest.parts


def test_without_a_schedule_nothing_is_made(directory: Path, settings: Settings) -> None:
    settings.BACKUP_EVERY = 0
    back_up()
    assert not directory.exists()


def test_two_workers_make_one_backup(directory: Path) -> None:
    with schedule.only_worker("backup") as acquired:
        assert acquired
        back_up()
    assert not directory.exists()


def test_a_failure_is_logged_shown_in_health_and_tried_again(
    directory: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BACKUP_DIR = "/proc/backups"  # nobody can write there
    with caplog.at_level(logging.ERROR):
        back_up()
    assert "The scheduled backup to /proc/backups failed." in caplog.text
    check = report().checks["backups"]
    assert check["status"] == "degraded"
    assert "/proc/backups" in check["detail"]
    assert not schedule.is_due(timezone.now())
    assert schedule.is_due(timezone.now() + schedule.RETRY_AFTER)


def test_the_history_of_more_than_a_year_is_deleted() -> None:
    made_hours_ago(24 * 370)
    made_hours_ago(1)
    assert Backup.objects.count() == 1
