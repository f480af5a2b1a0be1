"""Maintains the archive: a base backup a day, a new archive after a gap in the log, nothing that is too old."""

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from operations.backup.database.ownership import connected_as_owner
from operations.backup.database.tools import find_tool, running
from operations.backup.errors import BackupError
from operations.backup.point_in_time.archive import BASE, TIME, base_backups, begin_archive, prune
from operations.backup.point_in_time.receiver import SLOT

logger = logging.getLogger(__name__)

BASE_EVERY = timedelta(days=1)
EMBEDDED_VERSION = 18  # the wheel's PostgreSQL
OPTIONS = ("--format=tar", "--wal-method=stream", "--compress=client-gzip:1", "--checkpoint=fast", "--no-password")


def maintain_archive() -> None:
    """One thread at a time may call this. A failure is logged; the next call tries again."""
    if not settings.POINT_IN_TIME_DIR:
        return
    archive = Path(settings.POINT_IN_TIME_DIR)
    try:
        if current_slot().lost:
            logger.error("The log in %s has a gap, because it could not be written. A new archive begins.", archive)
            _replace_slot()
            begin_archive(archive, settings.DATA_DIR)
        bases = base_backups(archive)
        if not bases or timezone.now() - bases[-1].made_at >= BASE_EVERY:
            make_base_backup(archive, _owner_parameters(), at=timezone.now())
        prune(archive, oldest=timezone.now() - timedelta(days=settings.POINT_IN_TIME_DAYS))
    except (BackupError, OSError, Error):
        logger.exception("The archive in %s can't be maintained.", archive)


def make_base_backup(archive: Path, parameters: Mapping[str, Any], *, at: datetime) -> Path:
    """Copy the files of the embedded server while it runs. Raises BackupError and OSError."""
    path = archive / f"{BASE}{at:{TIME}}"
    unfinished = archive / f"{BASE}unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    tool = find_tool("pg_basebackup", server=EMBEDDED_VERSION, at_least=EMBEDDED_VERSION)
    with running(tool, *OPTIONS, f"--pgdata={unfinished}", parameters=parameters):
        pass
    unfinished.rename(path)
    return path


@dataclass(frozen=True)
class Slot:
    """`active`: pg_receivewal is connected. `lost`: PostgreSQL deleted a part of the log that was not copied yet."""

    active: bool
    lost: bool


def current_slot() -> Slot:
    with connection.cursor() as cursor:
        cursor.execute("SELECT active, wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT])
        found = cursor.fetchone()
    return Slot(found[0], found[1] == "lost") if found else Slot(active=False, lost=False)


def _replace_slot() -> None:
    with connected_as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])


def _owner_parameters() -> dict[str, Any]:
    with connected_as_owner() as owner:
        return {**owner.get_connection_params(), "dbname": None}
