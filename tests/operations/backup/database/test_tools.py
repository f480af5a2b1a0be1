"""Which pg_dump and pg_restore run, and how they connect."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.backup.database.tools import find_tool, libpq_environment, pour, running
from operations.backup.errors import BackupError


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pg_dump 16 on PATH, beside the wheel's 18."""
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 16.9 (Debian 16.9-1)'\n")
    (tmp_path / "pg_dump").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@pytest.mark.usefixtures("on_path")
@pytest.mark.parametrize(("server", "chosen"), [(18, 18), (17, 18), (16, 16), (15, 16)])
def test_the_servers_own_version_is_preferred_and_none_is_older(server: int, chosen: int) -> None:
    assert find_tool("pg_dump", server=server, at_least=server).version == chosen


@pytest.mark.usefixtures("on_path")
def test_a_server_that_is_newer_than_every_pg_dump_is_reported_with_the_fix() -> None:
    with pytest.raises(BackupError, match=r"pg_dump 19 or newer is needed .* has: 18, 16. Install .* on PATH"):
        find_tool("pg_dump", server=19, at_least=19)


def test_the_password_is_in_the_environment() -> None:
    parameters = {
        "dbname": "loop",
        "user": "ada",
        "password": "hunter2",
        "host": "",
        "port": 5433,
        "sslmode": "require",
    }
    assert libpq_environment({**parameters, "cursor_factory": object}) == {
        "PGDATABASE": "loop",
        "PGUSER": "ada",
        "PGPASSWORD": "hunter2",
        "PGPORT": "5433",
        "PGSSLMODE": "require",
    }


def test_a_tool_that_fails_is_reported_with_its_own_reason() -> None:
    tool = find_tool("pg_dump", server=18, at_least=18)
    nowhere = {"host": "/nonexistent", "dbname": "loop"}
    failure = pytest.raises(BackupError, match=r"pg_dump failed: pg_dump: error: connection to server .* failed")
    with failure, running(tool, "--no-password", parameters=nowhere) as process:
        assert process.stdout
        process.stdout.read()


def test_a_tool_that_ends_early_does_not_stop_the_reading_of_the_backup() -> None:
    tool, read = find_tool("pg_restore", server=18, at_least=18), 0

    def chunks() -> Iterator[bytes]:
        nonlocal read
        for _ in range(20):
            read += 1
            yield b"not a dump" * 10_000

    with pytest.raises(BackupError, match="pg_restore failed"), running(tool, "--list") as process:
        pour(chunks(), process.stdin)
    assert read == 20
