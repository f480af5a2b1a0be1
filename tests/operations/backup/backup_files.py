"""Small backup files for tests that need no database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.backup.files.backup_file import DUMP, BackupWriter
from operations.backup.files.manifest import Manifest, Part

CREATED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def manifest(parts: dict[str, Part], **changes: Any) -> Manifest:
    values: dict[str, Any] = {"program": "0.1.0", "created_at": CREATED_AT, "server": "1/memoryloop", "postgresql": 18}
    return Manifest(**{**values, "pg_dump": 18, "migrations": {}, "counts": {}, "parts": parts, **changes})


def write_backup_file(path: Path, contents: dict[str, bytes] | None = None, **changes: Any) -> Path:
    """A backup with these parts; keyword arguments are values of its manifest."""
    with path.open("wb") as sink:
        writer = BackupWriter(sink)
        for name, content in (contents or {DUMP: b"dump"}).items():
            writer.add(name, [content])
        writer.finish(manifest(writer.parts, **changes))
    return path
