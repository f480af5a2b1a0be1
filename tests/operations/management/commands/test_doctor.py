"""`manage.py doctor` as an operator runs it: before the first start, with bad settings, and on a running server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from operations.doctor.listing import DOCTOR
from providers.services import store_key
from tests.factories import UserFactory
from tests.processes import PROJECT, environment_of_test, free_port

pytestmark = pytest.mark.slow

EMBEDDED = {"DATABASE_URL": "", "REDIS_URL": "", "LANCEDB_URI": ""}


def doctor(*options: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {**environment_of_test(), "PORT": str(free_port()), **variables}
    return subprocess.run(
        [sys.executable, "manage.py", "doctor", *options],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.django_db
def test_before_the_first_start_nothing_fails_and_nothing_is_created(tmp_path: Path) -> None:
    result = doctor(DATA_DIR=str(tmp_path / "data"), **EMBEDDED)
    assert result.returncode == 0, result.stdout
    assert "Run make run, which creates and starts it." in result.stdout
    assert "Nothing failed." in result.stdout
    assert "\x1b" not in result.stdout  # no colors in a file
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_stopped_servers_and_bad_settings_are_failures_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").touch()
    result = doctor("--json", DATA_DIR=str(tmp_path), DEBUG="perhaps", OLLAMA_BASE_URL="nowhere", **EMBEDDED)
    assert (result.returncode, result.stderr) == (1, "")
    report = json.loads(result.stdout)
    failures = {finding["check"]: finding["message"] for finding in report["findings"] if finding["level"] == "failure"}
    assert "The embedded PostgreSQL does not answer" in failures["postgres"]
    bad = [finding["message"] for finding in report["findings"] if finding["check"] == "settings"]
    assert [message.split()[0] for message in bad] == ["DEBUG", "OLLAMA_BASE_URL"]
    assert {"check": "migrations", "needs": "postgres"} in report["skipped"]


@pytest.mark.django_db(transaction=True)
def test_every_check_runs_beside_running_servers_and_no_key_is_printed(tmp_path: Path) -> None:
    keys = Fernet.generate_key().decode()  # another server's
    store_key(owner=UserFactory(), provider="claude", key="sk-ant-planted-0123456789")
    result = doctor("--json", DATA_DIR=str(tmp_path), FIELD_ENCRYPTION_KEYS=keys)
    report = json.loads(result.stdout)
    assert {finding["check"] for finding in report["findings"]} == {check.name for check in DOCTOR}
    assert report["skipped"] == []
    failed = {finding["check"] for finding in report["findings"] if finding["level"] == "failure"}
    assert failed == {"secrets", "worker"}
    assert result.returncode == 1
    assert not any(secret in result.stdout + result.stderr for secret in (keys, "planted"))
