"""Backups: when the last one was made, and whether the scheduled ones are."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from operations.checks.findings import Finding, ok, warning
from operations.models import Backup


def backups() -> Sequence[Finding]:
    last = Backup.objects.order_by("-started_at").first()
    verified = Backup.objects.filter(error="").order_by("-started_at").first()
    figures = {
        "every_hours": settings.BACKUP_EVERY,
        "last_verified": verified and verified.started_at,
        "file": verified and verified.file,
    }
    if settings.BACKUP_EVERY and last and last.error:
        return [warning(f"The last scheduled backup failed: {last.error}", "It is tried again soon.", **figures)]
    overdue = verified and timezone.now() - verified.started_at > timedelta(hours=2 * settings.BACKUP_EVERY)
    if settings.BACKUP_EVERY and overdue:
        return [warning("The next scheduled backup is overdue.", "Start a worker: it makes the backups.", **figures)]
    if verified:
        return [ok(f"The last verified backup is of {verified.started_at:%Y-%m-%d %H:%M} UTC.", **figures)]
    return [ok("No backup has been made yet. Make one with manage.py backup, or set BACKUP_EVERY.", **figures)]
