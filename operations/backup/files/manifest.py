"""What a backup says about itself. The manifest is written last: a file without one is not a whole backup."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from operations.backup.errors import BackupError, DamagedBackup

NAME = "manifest.json"
FORMAT: Final = 1


class Part(BaseModel):
    """One file in the backup. `sha256` is hexadecimal."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """The versions, migrations, tables and files of a backup.

    `server` identifies the database, so that rotation leaves the backups of other servers alone. `postgresql` and
    `pg_dump` are major versions. `counts` has the number of rows of each table.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = FORMAT
    program: str
    created_at: datetime
    server: str
    postgresql: int
    pg_dump: int
    migrations: dict[str, list[str]]
    counts: dict[str, int]
    parts: dict[str, Part]


class _FormatOnly(BaseModel):
    format: int


def read_manifest(text: bytes) -> Manifest:
    """Raises BackupError for a format that only a newer program knows, and DamagedBackup."""
    try:
        if _FormatOnly.model_validate_json(text).format > FORMAT:
            raise BackupError("A newer release of MemoryLoop made this backup. Restore it with that release.")
        return Manifest.model_validate_json(text)
    except ValidationError:
        raise DamagedBackup("The manifest of this backup is damaged. Use another backup.") from None
