"""Whether backups are made as the settings say."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from operations.backup.point_in_time.archive import base_backups
from operations.backup.point_in_time.maintenance import BASE_EVERY, current_slot
from operations.checks.findings import Finding, ok, warning
from operations.models import Backup


def backups() -> Sequence[Finding]:
    """The scheduled backups, and the archive for point-in-time recovery where there is one."""
    return [_schedule(), *_archive()]


def _schedule() -> Finding:
    last = Backup.objects.order_by("-started_at").first()
    verified = Backup.objects.filter(error="").order_by("-started_at").first()
    figures = {
        "every_hours": settings.BACKUP_EVERY,
        "last_verified": verified and verified.started_at,
        "file": verified and verified.file,
    }
    if settings.BACKUP_EVERY and last and last.error:
        return warning(f"The last backup failed: {last.error}", "It is tried again every half hour.", **figures)
    overdue = verified and timezone.now() - verified.started_at > timedelta(hours=2 * settings.BACKUP_EVERY)
    if settings.BACKUP_EVERY and overdue:
        return warning("The next backup is overdue.", "Start a worker: it makes the backups.", **figures)
    if verified:
        return ok(f"The last verified backup was made at {verified.started_at:%Y-%m-%d %H:%M} UTC.", **figures)
    return ok("There is no backup yet. Make one with manage.py backup, or set BACKUP_EVERY.", **figures)


def _archive() -> Sequence[Finding]:
    if not settings.POINT_IN_TIME_DIR:
        return []
    if not current_slot().active:
        return [
            warning(
                "The write-ahead log is not copied to POINT_IN_TIME_DIR.",
                "Read receivewal.log in DATA_DIR for the reason.",
            )
        ]
    bases = base_backups(Path(settings.POINT_IN_TIME_DIR))
    if bases and timezone.now() - bases[-1].made_at > 2 * BASE_EVERY:
        return [
            warning(
                "The next base backup in POINT_IN_TIME_DIR is overdue.", "Read the output of the worker for the reason."
            )
        ]
    return [ok("The write-ahead log is archived in POINT_IN_TIME_DIR.")]
