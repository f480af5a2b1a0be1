"""The dump of the database, made by pg_dump while the server runs."""

from collections.abc import Iterator

from operations.backup.database.snapshot import SCHEMA, Snapshot
from operations.backup.database.tools import OnLine, Tool, running
from operations.backup.files.backup_file import CHUNK

# In pg_dump's custom format: compressed, and read by pg_restore in one pass.
OPTIONS = ("--format=custom", "--compress=gzip:1", "--verbose", "--no-password", f"--schema={SCHEMA}")


def dump(snapshot: Snapshot, tool: Tool, *, on_line: OnLine) -> Iterator[bytes]:
    """The chunks of the dump. Raises BackupError after the last one if pg_dump fails."""
    with running(
        tool, *OPTIONS, f"--snapshot={snapshot.token}", parameters=snapshot.parameters, on_line=on_line
    ) as process:
        while chunk := process.stdout.read(CHUNK) if process.stdout else b"":
            yield chunk
