"""Backups by schedule: BACKUP_EVERY, BACKUP_DIR, BACKUP_KEEP. A worker makes them, one on all hosts at a time."""

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone

from base.postgresql.locks import only_holder
from operations.backup.create import back_up
from operations.backup.errors import BackupError
from operations.backup.files.destination import new_name
from operations.backup.files.rotation import rotate
from operations.models import Backup

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=30)  # after a failed backup
KEEP_HISTORY = timedelta(days=366)


def back_up_if_due() -> None:
    """Make the next scheduled backup if it is due. A failure is logged, recorded and tried again later."""
    if not settings.BACKUP_EVERY:
        return
    with only_worker("backup") as acquired:
        if acquired and is_due(timezone.now()):
            _back_up()


def is_due(at: datetime) -> bool:
    last = Backup.objects.order_by("-started_at").first()
    if last and last.error:
        return at - last.started_at >= RETRY_AFTER
    return last is None or at - last.started_at >= timedelta(hours=settings.BACKUP_EVERY)


def record(*, started_at: datetime, file: Path, size: int = 0, error: str = "") -> Backup:
    """Note a verified backup, or with `error` a failed one. Old entries of the history are deleted."""
    Backup.objects.filter(started_at__lt=started_at - KEEP_HISTORY).delete()
    return Backup.objects.create(started_at=started_at, file=str(file), size=size, error=error)


def _back_up() -> None:
    started_at, directory = timezone.now(), Path(settings.BACKUP_DIR)
    try:
        path = new_name(directory, started_at)
        manifest = back_up(path, passphrase=settings.BACKUP_PASSPHRASE or None)
        record(started_at=started_at, file=path, size=path.stat().st_size)
        rotate(directory, server=manifest.server, keep=settings.BACKUP_KEEP)
        logger.info("Backed up to %s (%s bytes).", path, path.stat().st_size)
    except (BackupError, OSError, Error) as error:
        logger.exception("The scheduled backup to %s failed.", directory)
        record(started_at=started_at, file=directory, error=str(error))


def only_worker(work: str) -> AbstractContextManager[bool]:
    """Whether no other worker is doing this work. Never waits."""
    return only_holder(f"operations:{work}")
