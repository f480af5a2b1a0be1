"""Real servers for the tests: started once, before Django reads its settings, shared by all workers."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from operations.servers import Server, start_postgres, start_valkey

# The data is thrown away with the run, so it need not survive a power cut.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")

running: list[Server] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    # Not pytest's own tmp_path: a unix socket's path has to be short.
    directory = Path(tempfile.mkdtemp(prefix="memoryloop-test-"))
    for name in ("DATABASE_URL", "REDIS_URL", "LANCEDB_URI", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"):
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = str(directory)
    os.environ["EMBEDDINGS"] = "builtin"
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    running.extend([start_postgres(directory, options=FAST), start_valkey(directory)])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if not running:
        return
    for server in running:
        server.stop()
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)
    running.clear()
