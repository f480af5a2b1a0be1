"""What is wrong with DATA_DIR is found, and nothing in it changes."""

import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from operations.doctor.data_directory import data_directory


@pytest.fixture
def directory(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "data" / "lancedb").mkdir(parents=True)
    for path in (settings.DATA_DIR, settings.DATA_DIR / "lancedb"):
        path.chmod(0o700)
    return tmp_path / "data"


def test_a_private_directory_passes(directory: Path) -> None:
    assert [finding.level for finding in data_directory()] == ["ok"]


def test_a_file_that_others_can_read_is_named_and_left_as_it_is(directory: Path) -> None:
    file = directory / "lancedb" / "rows.lance"
    file.touch(mode=0o644)
    file.chmod(0o644)
    [finding] = data_directory()
    assert finding.level == "failure"
    assert str(file) in finding.message
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_the_account_of_postgresql_may_enter_and_not_list(directory: Path) -> None:
    directory.chmod(0o710)
    assert [finding.level for finding in data_directory()] == ["ok"]
    directory.chmod(0o750)
    assert [finding.level for finding in data_directory()] == ["failure"]


def test_a_directory_of_all_accounts_is_a_failure(directory: Path) -> None:
    directory.chmod(0o1777)
    [finding] = data_directory()
    assert "shared by all accounts" in finding.message


def test_a_directory_that_does_not_exist_yet_passes_and_is_not_created(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "new" / "data"
    assert [finding.level for finding in data_directory()] == ["ok"]
    assert not (tmp_path / "new").exists()


def test_a_directory_that_cannot_be_used_is_a_failure(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.touch()
    assert [finding.level for finding in data_directory()] == ["failure"]


def test_secrets_that_are_gone_after_a_start_are_found(directory: Path) -> None:
    (directory / "postgres").mkdir(mode=0o700)
    (directory / "postgres" / "PG_VERSION").touch(mode=0o600)
    finding = data_directory()[-1]
    assert finding.level == "warning"
    assert "SECRET_KEY, FIELD_ENCRYPTION_KEYS" in finding.message
