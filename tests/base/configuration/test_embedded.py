"""Secrets and sockets in the data directory."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from base.configuration import embedded, environment


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = embedded.secret_key(tmp_path)
    stored = tmp_path / "secrets" / "secret_key"
    assert embedded.secret_key(tmp_path) == first == stored.read_text()
    assert len(first) >= embedded.MIN_SECRET_LENGTH
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    assert [path.name for path in stored.parent.iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(lambda _: embedded.field_encryption_keys(tmp_path), range(8)))
    assert len({tuple(keys) for keys in secrets}) == 1


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").touch()
    embedded.secret_key(tmp_path)
    assert "secret_key is empty" in environment.take_errors()


def test_a_directory_that_cannot_be_written_is_an_error_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    embedded.secret_key(tmp_path / "file")
    assert "DATA_DIR can't be used" in environment.take_errors()


def test_a_redis_url_is_spelled_as_celery_spells_it() -> None:
    assert embedded.celery_url("redis://h:1/0") == "redis://h:1/0"
    assert embedded.celery_url("unix:///x/valkey.sock?db=3") == "redis+socket:///x/valkey.sock?virtual_host=3"
