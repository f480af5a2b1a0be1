"""`manage.py backup`: back up a running server into one file."""

import sys
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations.backup import schedule
from operations.backup.create import back_up, write_backup
from operations.backup.database.progress import Reporter
from operations.backup.errors import BackupError
from operations.backup.files.destination import file_for, new_name
from operations.backup.files.manifest import Manifest
from operations.backup.files.rotation import rotate
from operations.backup.passphrases import new_passphrase

PIPE = "-"
WITHOUT_SECRETS = (
    "This backup does not contain the secrets. Restored without those in DATA_DIR/secrets, stored API keys are lost, "
    "and users with a second factor cannot sign in. Keep a copy of them, or back up with --with-secrets."
)


def positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise ArgumentTypeError("it must be 1 or more")
    return int(text)


class Command(BaseCommand):
    help = "Back up the database of a running server, verify the backup, and print the path of its file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", help="a new file, a directory, or - for a pipe; by default BACKUP_DIR")
        parser.add_argument("--keep", type=positive, help="delete all but the newest backups of this server there")
        parser.add_argument("--with-secrets", action="store_true", help="add the secrets, encrypted with a passphrase")

    def handle(self, *args: Any, to: str | None, keep: int | None, with_secrets: bool, **options: Any) -> None:
        reporter = Reporter(sys.stderr)
        try:
            passphrase = new_passphrase() if with_secrets else None
            if to == PIPE:
                self._to_pipe(keep, passphrase, reporter)
            else:
                self._to_file(to, keep, passphrase, reporter)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup can't be written: {error.strerror} ({error.filename or to}).") from None
        if not with_secrets:
            reporter.step(WITHOUT_SECRETS)

    def _to_pipe(self, keep: int | None, passphrase: str | None, reporter: Reporter) -> None:
        if keep:
            raise CommandError("--keep deletes files in a directory. Use it with --to DIRECTORY.")
        if sys.stdout.isatty():
            raise CommandError("A backup is not text. Redirect the output to a file or to another program.")
        write_backup(sys.stdout.buffer, passphrase=passphrase, reporter=reporter)
        sys.stdout.buffer.flush()
        reporter.step("A pipe can't be read back. Verify what arrived with: manage.py restore FILE --check")

    def _to_file(self, to: str | None, keep: int | None, passphrase: str | None, reporter: Reporter) -> None:
        started_at = timezone.now()
        path = _path(to, keep, started_at)
        manifest = back_up(path, passphrase=passphrase, reporter=reporter)
        size = path.stat().st_size
        schedule.record(started_at=started_at, file=path.resolve(), size=size)
        deleted = rotate(path.parent, server=manifest.server, keep=keep) if keep else []
        reporter.step(_summary(manifest, size, len(deleted)))
        self.stdout.write(str(path))


def _path(to: str | None, keep: int | None, at: datetime) -> Path:
    path = file_for(to, at) if to else new_name(Path(settings.BACKUP_DIR), at)
    if keep and to and path == Path(to).expanduser():
        raise CommandError("--keep deletes files in a directory. Use it with --to DIRECTORY.")
    return path


def _summary(manifest: Manifest, size: int, deleted: int) -> str:
    rows = sum(manifest.counts.values())
    summary = f"Verified: {rows:,} rows of {len(manifest.counts)} tables, {size / 1e6:,.1f} MB."
    return f"{summary} Deleted {deleted} older backups." if deleted else summary
