"""Makes a backup of a running server."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from operations.backup.database.dump import dump
from operations.backup.database.progress import Reporter
from operations.backup.database.snapshot import take_snapshot
from operations.backup.database.tools import find_tool
from operations.backup.database.verification import verify
from operations.backup.files.backup_file import CHUNK, DUMP, MEDIA, SECRETS, BackupFile, BackupWriter
from operations.backup.files.destination import unfinished
from operations.backup.files.manifest import Manifest
from operations.backup.files.secret_box import seal
from operations.backup.server_secrets import current_secrets
from operations.backup.versions import program_version

SILENT = Reporter()


def back_up(path: Path, *, passphrase: str | None = None, reporter: Reporter = SILENT) -> Manifest:
    """Write a backup to the new file `path`, and verify it. With a passphrase, it contains the secrets, encrypted.

    The file exists only if the backup is whole. Raises BackupError and OSError.
    """
    with unfinished(path) as partial:
        with partial.open("wb") as sink:
            manifest = write_backup(sink, passphrase=passphrase, reporter=reporter)
        reporter.step("Verifying it.")
        with BackupFile(partial) as backup:
            verify(backup)
    return manifest


def write_backup(sink: IO[bytes], *, passphrase: str | None = None, reporter: Reporter = SILENT) -> Manifest:
    """Write a backup to a file or a pipe. Raises BackupError and OSError; then what was written is not a backup."""
    writer = BackupWriter(sink)
    try:
        manifest = _write(writer, passphrase, reporter)
        writer.finish(manifest)
    except BaseException:
        writer.abandon()
        raise
    return manifest


def _write(writer: BackupWriter, passphrase: str | None, reporter: Reporter) -> Manifest:
    """Write everything but the manifest, which is returned."""
    with take_snapshot() as snapshot:
        created_at = timezone.now()
        tool = find_tool("pg_dump", server=snapshot.postgresql, at_least=snapshot.postgresql)
        reporter.step(f"Backing up {sum(snapshot.counts.values()):,} rows of {len(snapshot.counts)} tables.")
        with reporter.rows(snapshot.counts) as on_line:
            writer.add(DUMP, dump(snapshot, tool, on_line=on_line))
    if passphrase:
        writer.add(SECRETS, [seal(current_secrets().model_dump_json().encode(), passphrase)])
    for file in _media_files():
        writer.add(MEDIA + file.relative_to(settings.MEDIA_ROOT).as_posix(), _chunks(file))
    return Manifest(
        program=program_version(),
        created_at=created_at,
        server=snapshot.server,
        postgresql=snapshot.postgresql,
        pg_dump=tool.version,
        migrations=dict(snapshot.migrations),
        counts=dict(snapshot.counts),
        parts=writer.parts,
    )


def _media_files() -> Iterator[Path]:
    """Uploaded files. MemoryLoop stores none of its own, so MEDIA_ROOT is empty unless an app sets it."""
    if settings.MEDIA_ROOT:
        yield from (path for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")) if path.is_file())


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
