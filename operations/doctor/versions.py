"""Versions: Python, the installed packages, PostgreSQL, Valkey, and the state of the database's migrations."""

import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import connection

from base.connections import valkey_client
from operations.checks.findings import Finding, failure, ok, warning
from operations.python_version import python_warning
from operations.up.prepare_steps import pending_migrations

MIN_POSTGRES = 14  # Django 5.2 supports no older ones
MIN_VALKEY = (6, 2)  # as Redis counts; the first with all options of the commands that are sent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(\s*;)?", re.MULTILINE)


def python() -> Sequence[Finding]:
    number = ".".join(map(str, sys.version_info[:3]))
    found = python_warning()
    return [warning(*found, version=number)] if found else [ok(f"Python is {number}.", version=number)]


def packages(lock: Path | None = None) -> Sequence[Finding]:
    """Whether the installed packages are those of requirements.lock. Packages of other platforms are skipped."""
    lock = lock or settings.BASE_DIR / "requirements.lock"
    if not lock.exists():
        return [ok(f"LanceDB is {_installed('lancedb')}.", lancedb=_installed("lancedb"))]
    pinned = [(name, wanted) for name, wanted, marker in PINNED.findall(lock.read_text()) if not marker]
    differing = [name for name, wanted in pinned if _installed(name) != wanted]
    if differing:
        shown = ", ".join(f"{name} {_installed(name)}" for name in differing[:5])
        message = f"{len(differing)} installed packages are not those of requirements.lock: {shown}."
        return [warning(message, "Run make run, which installs them.", differing=differing)]
    message = f"LanceDB is {_installed('lancedb')}, and all packages are those of requirements.lock."
    return [ok(message, lancedb=_installed("lancedb"))]


def postgres_version() -> Sequence[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        number = str(cursor.fetchone()[0]).split()[0]
    if int(number.split(".")[0]) < MIN_POSTGRES:
        return [failure(f"PostgreSQL is {number}.", f"Upgrade it to {MIN_POSTGRES} or newer.", version=number)]
    return [ok(f"PostgreSQL is {number}.", version=number)]


def valkey_version() -> Sequence[Finding]:
    info = valkey_client().info("server")
    name = "Valkey" if "valkey_version" in info else "Redis"
    number = str(info.get("valkey_version") or info["redis_version"])
    if tuple(map(int, number.split(".")[:2])) < MIN_VALKEY:
        return [failure(f"{name} is {number}.", "Upgrade it to Valkey 8 or Redis 6.2 or newer.", version=number)]
    return [ok(f"{name} is {number}.", version=number)]


def migrations() -> Sequence[Finding]:
    pending = pending_migrations()
    if pending:
        message = f"{len(pending)} migrations are not applied, beginning with {pending[0]}."
        advice = "Restart manage.py up, or run manage.py prepare; both apply them."
        return [failure(message, advice, pending=pending)]
    return [ok("All migrations are applied.")]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
