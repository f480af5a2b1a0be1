"""Every setting is documented with its default, and bad values are reported with their names and the fix."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from base.configuration import environment

PROJECT = Path(__file__).resolve().parents[3]


def settings_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """The settings file, run again with these variables."""
    for name in (*environment.known, *variables):
        monkeypatch.setenv(name, "")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(PROJECT / "memoryloop" / "settings.py"))


def documented() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := re.fullmatch(r"# ([A-Z][A-Z_]+)=(.*)", line))}


def test_env_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "known", {})
    settings_with(monkeypatch, DATA_DIR=str(tmp_path))
    assert documented() == environment.known


def test_every_setting_has_its_reason() -> None:
    blocks = (PROJECT / ".env.example").read_text().split("\n\n")
    settings = [block for block in blocks if re.search(r"^# [A-Z_]+=", block, re.MULTILINE)]
    assert len(settings) > 20
    assert [block for block in settings if re.match(r"# [A-Z_]+=", block)] == []


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("PORT", "eighty", "a whole number from 1 to 65535"),
        ("PORT", "70000", "a whole number from 1 to 65535"),
        ("DEBUG", "maybe", "true or false"),
        ("SIGNUP_OPEN", "open", "true or false"),
        ("HTTPS_ONLY", "2", "true or false"),
        ("TRUSTED_PROXIES", "-1", "from 0 to 10"),
        ("SECRET_KEY", "short", "openssl rand"),
        ("METRICS_TOKEN", "short", "set 16 or more"),
        ("METRICS_ADDRESSES", "10.0.0.0/33", "10.0.0.0/24, separated by commas"),
        ("METRICS_ADDRESSES", "10.0.0.1/24", "10.0.0.0/24, separated by commas"),
        ("LOG_FORMAT", "yaml", "one of: text, json"),
        ("FIELD_ENCRYPTION_KEYS", "abc", "openssl rand"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x", "postgresql://user:password@host:5432/name"),
        ("DATABASE_URL", "postgresql://u:p[@h:x/", "postgresql://user:password@host:5432/name"),
        ("DATABASE_URL", "postgresql://u@h", "postgresql://user:password@host:5432/name"),
        ("DATABASE_URL", "postgresql://owner:hunter2@h/x", "the user memoryloop_app and a new password"),
        ("DATABASE_POOL_SIZE", "0", "from 2 to 1000"),
        ("REDIS_URL", "http://x", "redis://host:6379/0"),
        ("LANCEDB_STORAGE_OPTIONS", "region=x", "JSON object"),
        ("LANCEDB_STORAGE_OPTIONS", '{"timeout": 5}', "JSON object"),
        ("EMBEDDINGS", "openai", "one of: auto, ollama, builtin"),
        ("OLLAMA_BASE_URL", "localhost:11434", "an address such as http://127.0.0.1:11434"),
        ("OLLAMA_BASE_URL", "http://[::1", "an address such as"),
        ("ANTHROPIC_BASE_URL", "file:///etc/passwd", "an address such as https://"),
        ("WORKER_THREADS", "many", "a whole number from 1 to 2000"),
        ("EMAIL_URL", "mail.example.org", "smtp+tls://"),
        ("LOG_LEVEL", "info", "one of: DEBUG, INFO"),
        ("BACKUP_EVERY", "daily", "a whole number from 0 to 8760"),
        ("BACKUP_KEEP", "0", "a whole number from 1 to 10000"),
        ("BACKUP_PASSPHRASE", "hunter2", "set 12 or more"),
    ],
)
def test_a_bad_value_is_reported_with_its_name_and_the_fix(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, fix: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        settings_with(monkeypatch, **{"DATA_DIR": str(tmp_path), name: value})
    message = str(caught.value)
    assert message.startswith(name)
    assert fix in message
    assert len(message.splitlines()) == 1
    assert "hunter2" not in message


def test_the_archive_is_for_the_embedded_server_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = {"DATA_DIR": str(tmp_path), "POINT_IN_TIME_DIR": str(tmp_path / "archive")}
    assert settings_with(monkeypatch, **place)["POINT_IN_TIME_DIR"] == str(tmp_path / "archive")
    with pytest.raises(ImproperlyConfigured, match="POINT_IN_TIME_DIR is for the embedded PostgreSQL; unset it"):
        settings_with(monkeypatch, **place, DATABASE_URL="postgresql://loop@db/loop")


def test_all_bad_values_are_reported_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bad = {
        **{"DATA_DIR": str(tmp_path / "file"), "PORT": "eighty", "DEBUG": "maybe", "SECRET_KEY": "short"},
        **{"FIELD_ENCRYPTION_KEYS": "abc,def", "TRUSTED_PROXIES": "-1", "DATABASE_URL": "mysql://x"},
        **{"REDIS_URL": "http://x", "LANCEDB_STORAGE_OPTIONS": "x", "EMBEDDINGS": "openai"},
        **{"OLLAMA_BASE_URL": "localhost", "EMAIL_URL": "mail", "LOG_LEVEL": "info"},
    }
    with pytest.raises(ImproperlyConfigured) as caught:
        settings_with(monkeypatch, **{**bad, "SECRET_KEY": ""})
    reported = [line.split()[0] for line in str(caught.value).splitlines()]
    assert sorted(reported) == sorted(bad.keys() - {"SECRET_KEY"})

    with pytest.raises(ImproperlyConfigured) as caught:
        settings_with(monkeypatch, SECRET_KEY="short", PORT="70000")
    assert [line.split()[0] for line in str(caught.value).splitlines()] == ["PORT", "SECRET_KEY"]


def test_manage_py_prints_the_bad_values_without_a_traceback(tmp_path: Path) -> None:
    bad = {"DATA_DIR": str(tmp_path), "PORT": "eighty", "LOG_LEVEL": "info"}
    command = [sys.executable, str(PROJECT / "manage.py"), "check"]
    ended = subprocess.run(command, env={**os.environ, **bad}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert [line.split(" is ")[0] for line in ended.stderr.splitlines()] == [
        "MemoryLoop can't start: PORT",
        "LOG_LEVEL",
    ]


def test_an_error_is_not_reported_again_by_the_next_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured):
        settings_with(monkeypatch, DATA_DIR=str(tmp_path), PORT="eighty")
    assert settings_with(monkeypatch, DATA_DIR=str(tmp_path))["PORT"] == 8000


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_with(monkeypatch, DATA_DIR=str(tmp_path), PORT="", OLLAMA_BASE_URL="")
    assert settings["PORT"] == 8000
    assert settings["OLLAMA_BASE_URL"] == "http://127.0.0.1:11434"


def test_values_replace_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_with(
        monkeypatch,
        DATA_DIR=str(tmp_path),
        DEBUG="Yes",
        ALLOWED_HOSTS="a.example, b.example",
        LANCEDB_STORAGE_OPTIONS='{"region": "eu-west-1"}',
        DATABASE_URL="postgresql://memoryloop_app:se%40cret@db:5433/loop?sslmode=require",
        DATABASE_OWNER_URL="postgresql://loop:other@db:5432/loop",
        REDIS_URL="redis://valkey:6379/2",
        EMAIL_URL="smtp+tls://loop:secret@mail.example:587",
    )
    assert settings["DEBUG"] is True
    assert settings["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert settings["LANCEDB_STORAGE_OPTIONS"] == {"region": "eu-west-1"}
    assert settings["EMAIL_HOST"] == "mail.example"
    assert settings["CELERY_BROKER_URL"] == "redis://valkey:6379/2"
    database = settings["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db", 5433, "se@cret")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert (database["OWNER"]["USER"], database["OWNER"]["PASSWORD"], database["OWNER"]["PORT"]) == (
        "loop",
        "other",
        5432,
    )
