"""`manage.py restore`: restore a backup into an empty database."""

import sys
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations.backup.database.progress import Reporter
from operations.backup.errors import BackupError
from operations.backup.files.backup_file import SECRETS
from operations.backup.files.manifest import Manifest
from operations.backup.passphrases import unlock
from operations.backup.restore import Restored, check, recover, restore
from operations.up.preflight import StartupError
from operations.up.servers import ServerStartError


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ArgumentTypeError("it needs a time zone, such as 2026-03-01T12:00:00Z")
    return at


class Command(BaseCommand):
    help = "Restore a backup into an empty DATA_DIR, or an empty database at DATABASE_URL. Nothing is overwritten."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a backup, or a POINT_IN_TIME_DIR")
        parser.add_argument("--until", type=moment, help="with a POINT_IN_TIME_DIR: as it was at 2026-03-01T12:00:00Z")
        parser.add_argument("--data-dir", type=Path, help="the directory to restore into, instead of DATA_DIR")
        parser.add_argument("--without-secrets", action="store_true", help="do not restore the secrets in the backup")
        parser.add_argument("--reindex", action="store_true", help="rebuild the search index now and compare it")
        parser.add_argument("--check", action="store_true", help="only verify the backup, and show what is in it")

    def handle(self, *args: Any, file: Path, data_dir: Path | None, **options: Any) -> None:
        # `memoryloop.command_line` has set it, before the settings were read.
        if data_dir and data_dir.resolve() != settings.DATA_DIR:
            raise CommandError("--data-dir works on the command line only. Set DATA_DIR instead.")
        try:
            if file.is_dir():
                self._recover(file, until=options["until"], reindex=options["reindex"])
            elif options["check"]:
                self._check(file)
            else:
                self._restore(file, with_secrets=not options["without_secrets"], reindex=options["reindex"])
        except (BackupError, StartupError, ServerStartError) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup can't be restored: {error.strerror} ({error.filename}).") from None

    def _check(self, file: Path) -> None:
        with check(file) as backup:
            manifest = backup.manifest
        for line in _contents(manifest):
            self.stdout.write(line)

    def _recover(self, archive: Path, *, until: datetime | None, reindex: bool) -> None:
        done = recover(archive.resolve(), until=until, reindex=reindex, reporter=Reporter(sys.stderr))
        for line in _summary(done, reindex):
            self.stdout.write(line)

    def _restore(self, file: Path, *, with_secrets: bool, reindex: bool) -> None:
        reporter = Reporter(sys.stderr)
        done = restore(file, unlock=unlock if with_secrets else None, reindex=reindex, reporter=reporter)
        for line in _summary(done, reindex):
            self.stdout.write(line)


def _contents(manifest: Manifest) -> list[str]:
    secrets = "with secrets" if SECRETS in manifest.parts else "without secrets"
    made = f"Made by MemoryLoop {manifest.program} at {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC, {secrets}."
    rows = [f"  {table}: {count:,}" for table, count in sorted(manifest.counts.items()) if count]
    return ["The backup is whole.", made, *rows]


def _summary(done: Restored, reindex: bool) -> list[str]:
    lines = [done.found]
    if done.migrated:
        lines.append("Migrated the database to this release.")
    if done.secrets:
        lines.append("Restored the secrets.")
    lines += [f"The secret that was there before is now {path}." for path in done.replaced]
    if done.unreadable:
        lines.append(
            f"{done.unreadable} API keys and second factors can't be decrypted with FIELD_ENCRYPTION_KEYS. "
            "Set the keys of the old server; or users enter their API keys again, and the admin removes second factors."
        )
    if not reindex:
        lines.append("The worker builds the search index when it starts; until then, search shows keyword matches.")
    return lines
