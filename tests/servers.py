"""Real servers for the tests: started once, before Django reads its settings, shared by all workers."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from base.configuration.embedded import socket_dir
from operations.up.servers import Server, start_postgres, start_valkey

# The data is thrown away with the run, so it need not survive a power cut.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")

# What a developer's shell or `.env` says for their own server must not reach the tests: empty means the default.
OF_THE_DEVELOPER = (
    *("DATABASE_URL", "REDIS_URL", "LANCEDB_URI", "LANCEDB_STORAGE_OPTIONS", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"),
    *("DEBUG", "SIGNUP_OPEN", "HTTPS_ONLY", "TRUSTED_PROXIES", "EMAIL_URL", "OLLAMA_BASE_URL", "ANTHROPIC_BASE_URL"),
)

running: list[Server] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _keep_apart(Path(os.environ["DATA_DIR"]), int(worker.removeprefix("gw")))
        return
    # Not pytest's own tmp_path: a unix socket's path has to be short.
    directory = Path(tempfile.mkdtemp(prefix="memoryloop-test-"))
    for name in OF_THE_DEVELOPER:
        os.environ[name] = ""
    os.environ["DATA_DIR"] = str(directory)
    os.environ["EMBEDDINGS"] = "builtin"
    # No test asks a model outside, nor one that happens to run on this machine: on these ports nothing listens.
    os.environ["OLLAMA_BASE_URL"] = os.environ["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9"
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    (directory / "static").mkdir()
    # At exit, not in pytest_unconfigure: that is not called when a conftest does not import.
    atexit.register(_stop, directory)
    running.extend([start_postgres(directory, options=FAST), start_valkey(directory)])


def _stop(directory: Path) -> None:
    for server in running:
        server.stop()
    shutil.rmtree(directory, ignore_errors=True)


def _keep_apart(directory: Path, number: int) -> None:
    """Each xdist worker has its own Valkey database; pytest-django gives it its own PostgreSQL database."""
    os.environ["REDIS_URL"] = f"unix://{socket_dir(directory, 'valkey')}/valkey.sock?db={number % 16}"
