"""The file of a backup: a zip with the dump, encrypted secrets if asked for, media if there are any, and a manifest.

A zip can be written to a pipe, and one that was cut off has no directory at its end, so it does not open.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from operations.backup.errors import DamagedBackup
from operations.backup.files import manifest
from operations.backup.files.manifest import Manifest, Part

DUMP = "database.dump"
SECRETS = "secrets.json"
MEDIA = "media/"
CHUNK = 256 * 1024  # bytes
MAX_MANIFEST = 16 * 1024 * 1024  # bytes
MODE = 0o100600 << 16  # the file mode as zip stores it
# What zipfile raises for damage in different places. A changed byte can also look like encryption or another codec.
UNREADABLE = (BadZipFile, EOFError, KeyError, RuntimeError, ValueError, OverflowError, struct.error, zlib.error)


class BackupWriter:
    """Writes a backup to a file or a pipe. Without `finish` it has no manifest and is not a backup."""

    def __init__(self, sink: IO[bytes]) -> None:
        self.parts: dict[str, Part] = {}
        # pg_dump has compressed the dump already.
        self._zip = ZipFile(sink, "w", ZIP_STORED)

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        digest, size = sha256(), 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.parts[name] = Part(size=size, sha256=digest.hexdigest())

    def abandon(self) -> None:
        """Write nothing more, not even the zip's directory, which Python would write when this object is deleted."""
        self._zip.fp = None

    def finish(self, description: Manifest) -> None:
        self._zip.writestr(_entry(manifest.NAME), description.model_dump_json(indent=1))
        self._zip.close()


class BackupFile:
    """A backup that is read. Raises DamagedBackup when the file is not a whole backup, BackupError for a newer one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = ZipFile(path)
        except UNREADABLE:
            raise DamagedBackup(f"{path} is not a backup, or it was cut off. Use another backup.") from None
        try:
            self.manifest = self._read_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._zip.close()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part. Raises DamagedBackup at their end if they are not those that were written."""
        expected, digest, size = self.manifest.parts[name], sha256(), 0
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    yield chunk
        except (*UNREADABLE, OSError):
            raise self._damaged(name) from None
        if (size, digest.hexdigest()) != (expected.size, expected.sha256):
            raise self._damaged(name)

    def read(self, name: str) -> bytes:
        """A small part as a whole. Raises DamagedBackup."""
        return b"".join(self.chunks(name))

    def media(self) -> list[str]:
        """The names of the media files, which start with `MEDIA`."""
        return [name for name in self.manifest.parts if name.startswith(MEDIA)]

    def extract_media(self, root: Path) -> None:
        """Write the media files below `root`. Raises DamagedBackup, and FileExistsError."""
        for name in self.media():
            target = root / name.removeprefix(MEDIA)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.writelines(self.chunks(name))

    def _read_manifest(self) -> Manifest:
        try:
            if self._zip.getinfo(manifest.NAME).file_size > MAX_MANIFEST:
                raise self._damaged(manifest.NAME)
            found = manifest.read_manifest(self._zip.read(manifest.NAME))
        except (*UNREADABLE, OSError):
            raise DamagedBackup(f"{self.path} has no manifest, so it is not a whole backup. Use another one.") from None
        if DUMP not in found.parts or not all(_is_safe(name) for name in found.parts):
            raise self._damaged(manifest.NAME)
        return found

    def _damaged(self, name: str) -> DamagedBackup:
        return DamagedBackup(f"{name} in {self.path} is damaged. Use another backup.")


def _is_safe(name: str) -> bool:
    """Whether the name is one that `back_up` writes. Others could lead out of the directory of the media."""
    path = PurePosixPath(name)
    inside = name.startswith(MEDIA) and not path.is_absolute() and ".." not in path.parts and str(path) == name
    return name in (DUMP, SECRETS) or inside


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = MODE
    return entry
