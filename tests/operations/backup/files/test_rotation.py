"""Rotation deletes this server's own old backups and nothing else."""

from datetime import timedelta
from pathlib import Path

from operations.backup.files.rotation import rotate
from tests.operations.backup.backup_files import CREATED_AT, write_backup_file


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_newest_backups_of_this_server_are_kept(tmp_path: Path) -> None:
    # The age is that in the manifest: a copy has a new modification time, and names can be changed.
    for number in range(5):
        at = CREATED_AT + timedelta(days=number)
        write_backup_file(tmp_path / f"memoryloop-{9 - number}.zip", created_at=at)
    deleted = rotate(tmp_path, server="1/memoryloop", keep=2)
    assert names(tmp_path) == ["memoryloop-5.zip", "memoryloop-6.zip"]
    assert sorted(path.name for path in deleted) == ["memoryloop-7.zip", "memoryloop-8.zip", "memoryloop-9.zip"]


def test_files_that_are_not_its_backups_are_never_deleted(tmp_path: Path) -> None:
    write_backup_file(tmp_path / "memoryloop-other-server.zip", server="2/memoryloop")
    write_backup_file(tmp_path / "before-the-upgrade.zip")
    (tmp_path / "memoryloop-notes.zip").write_text("not a backup")
    write_backup_file(tmp_path / "memoryloop-1.zip")
    before = names(tmp_path)
    assert rotate(tmp_path, server="1/memoryloop", keep=1) == []
    assert names(tmp_path) == before
