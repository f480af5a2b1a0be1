"""Only a whole, undamaged file is a backup."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from operations.backup.errors import BackupError, DamagedBackup
from operations.backup.files.backup_file import DUMP, MEDIA, BackupFile, BackupWriter
from tests.operations.backup.backup_files import manifest, write_backup_file

DATA = bytes(range(256)) * 8


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_backup_file(tmp_path / "backup.zip", {DUMP: DATA, MEDIA + "cards/cat.png": b"cat"})


def read_all(path: Path) -> dict[str, bytes]:
    with BackupFile(path) as backup:
        return {name: backup.read(name) for name in backup.manifest.parts}


def test_a_backup_is_read_as_it_was_written(path: Path) -> None:
    assert read_all(path) == {DUMP: DATA, MEDIA + "cards/cat.png": b"cat"}


def test_a_backup_can_be_written_to_a_pipe(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seek(self, *args: int) -> int:
            raise OSError("Illegal seek")

        tell = seek

        def seekable(self) -> bool:
            return False

    sink = Pipe()
    writer = BackupWriter(sink)
    writer.add(DUMP, [DATA, DATA])
    writer.finish(manifest(writer.parts))
    (tmp_path / "piped.zip").write_bytes(sink.getvalue())
    assert read_all(tmp_path / "piped.zip") == {DUMP: DATA * 2}


def test_a_backup_that_was_cut_off_anywhere_is_refused(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(DamagedBackup, match=r"cut off|not a whole backup"):
            read_all(tmp_path / "cut.zip")


def test_a_changed_byte_is_noticed_wherever_it_is(path: Path, tmp_path: Path) -> None:
    whole, unchanged = path.read_bytes(), read_all(path)
    for position in range(0, len(whole), 11):
        changed = bytearray(whole)
        changed[position] ^= 0x40
        (tmp_path / "changed.zip").write_bytes(changed)
        try:
            found = read_all(tmp_path / "changed.zip")
        except BackupError:
            continue
        assert found == unchanged, position  # a byte that says nothing of the contents, such as a date


def test_an_abandoned_backup_is_not_a_backup(tmp_path: Path) -> None:
    with (tmp_path / "abandoned.zip").open("wb") as sink:
        writer = BackupWriter(sink)
        writer.add(DUMP, [DATA])
        writer.abandon()
        del writer
    with pytest.raises(DamagedBackup, match="cut off"):
        BackupFile(tmp_path / "abandoned.zip")


@pytest.mark.parametrize("name", ["../evil", "media/../../evil", "/etc/passwd", "media//evil", "other"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DamagedBackup, match=r"manifest\.json"):
        BackupFile(write_backup_file(tmp_path / "evil.zip", {DUMP: DATA, name: b"evil"}))


def test_a_zip_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr(DUMP, DATA)
    with pytest.raises(DamagedBackup, match="has no manifest"):
        BackupFile(tmp_path / "other.zip")


def test_a_newer_format_is_refused_with_the_reason(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "newer.zip", "w") as newer:
        newer.writestr("manifest.json", '{"format": 2, "unknown": true}')
    with pytest.raises(BackupError, match="A newer release of MemoryLoop made this backup"):
        BackupFile(tmp_path / "newer.zip")


def test_media_are_restored_and_overwrite_nothing(path: Path, tmp_path: Path) -> None:
    with BackupFile(path) as backup:
        backup.extract_media(tmp_path / "media")
        assert (tmp_path / "media" / "cards" / "cat.png").read_bytes() == b"cat"
        with pytest.raises(FileExistsError):
            backup.extract_media(tmp_path / "media")
