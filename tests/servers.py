"""PostgreSQL and Valkey for the tests, started once before Django reads its settings and shared by all workers."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from base.configuration.data_directory import socket_dir
from base.postgresql.roles import create_roles
from operations.up.servers import Server, start_postgres, start_valkey

# The data is deleted after the run, so it does not have to survive a power cut.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")

# Settings from the developer's shell or `.env` must not reach the tests. An empty value means the default.
DEVELOPER_SETTINGS = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "LANCEDB_URI", "LANCEDB_STORAGE_OPTIONS"),
    *("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "METRICS_TOKEN", "METRICS_ADDRESSES", "LOG_FORMAT", "LOG_LEVEL"),
    *("BACKUP_EVERY", "BACKUP_DIR", "BACKUP_KEEP", "BACKUP_PASSPHRASE", "POINT_IN_TIME_DIR"),
    *("DEBUG", "SIGNUP_OPEN", "HTTPS_ONLY", "TRUSTED_PROXIES", "EMAIL_URL", "OLLAMA_BASE_URL", "ANTHROPIC_BASE_URL"),
)

running: list[Server] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _use_own_database(Path(os.environ["DATA_DIR"]), int(worker.removeprefix("gw")))
        return
    # pytest's tmp_path would be too long for the path of a unix socket.
    directory = Path(tempfile.mkdtemp(prefix="memoryloop-test-"))
    for name in DEVELOPER_SETTINGS:
        os.environ[name] = ""
    os.environ["DATA_DIR"] = str(directory)
    os.environ["EMBEDDINGS"] = "builtin"
    # Nothing listens on this port, so no test reaches a real model, not even one on this machine.
    os.environ["OLLAMA_BASE_URL"] = os.environ["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9"
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    (directory / "static").mkdir()
    # pytest_unconfigure is not called when a conftest fails to import.
    atexit.register(_stop, directory)
    running.extend([start_postgres(directory, options=FAST), start_valkey(directory)])
    _create_roles(directory)


def _create_roles(directory: Path) -> None:
    """Once for all xdist workers: the roles belong to the server, and two transactions cannot create the same one."""
    with psycopg.connect(host=str(socket_dir(directory, "postgres")), user="postgres", dbname="memoryloop") as owner:
        create_roles(owner.cursor())


def _stop(directory: Path) -> None:
    for server in running:
        server.stop()
    shutil.rmtree(directory, ignore_errors=True)


def _use_own_database(directory: Path, number: int) -> None:
    """Give this xdist worker its own Valkey database. pytest-django gives it its own PostgreSQL database."""
    os.environ["REDIS_URL"] = f"unix://{socket_dir(directory, 'valkey')}/valkey.sock?db={number % 16}"
