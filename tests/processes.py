"""Real processes beside a test: a Celery worker and the web server, on the test's own database, Valkey and LanceDB."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.waiting import wait_until

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Child:
    """A process that a test started; its output is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut would: no clean-up, no goodbye."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 10.0) -> None:
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def says(self, words: str) -> bool:
        assert self.process.poll() is None, f"it ended:\n{self.log.read_text()[-3000:]}"
        return words in self.log.read_text(errors="replace")


@dataclass
class Site(Child):
    """The web server; `url` is its address, without a slash at the end."""

    url: str = ""


def environment_of_test() -> dict[str, str]:
    """The settings of this very test as environment variables, for a child process."""
    database = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "REDIS_URL": settings.REDIS_URL,
        "LANCEDB_URI": settings.LANCEDB_URI,
        "OLLAMA_BASE_URL": settings.OLLAMA_BASE_URL,
        "ANTHROPIC_BASE_URL": settings.ANTHROPIC_BASE_URL,
        "EMBEDDINGS": settings.EMBEDDINGS,
        "DATABASE_POOL_SIZE": "8",
        "WORKER_THREADS": "8",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONWARNINGS": "ignore",
    }


def start(arguments: list[str], log: Path, **more: str) -> Child:
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT,
            env={**environment_of_test(), **more},
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    return Child(process, log)


@pytest.fixture
def start_worker(transactional_db: None, own_index: Path, tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """A verb that starts one more Celery worker, with more environment variables where a test needs them."""
    started: list[Child] = []

    def more(**variables: str) -> Child:
        command = ["celery", "-A", "memoryloop", "worker", "--pool", "threads", "--concurrency", "8", "-l", "INFO"]
        options = ["--without-gossip", "--without-mingle", "-n", f"test-{len(started)}@%h"]
        started.append(start([*command, *options], tmp_path / f"worker-{len(started)}.log", **variables))
        wait_until(lambda: started[-1].says(" ready."), 30)
        return started[-1]

    yield more
    for worker in started:
        worker.stop()


@pytest.fixture
def worker(start_worker: Callable[..., Child]) -> Child:
    """A running Celery worker."""
    return start_worker()


@pytest.fixture
def site(transactional_db: None, own_index: Path, tmp_path: Path) -> Iterator[Site]:
    """The site, served by uvicorn on a free port: for browsers and streams."""
    port = free_port()
    command = ["uvicorn", "memoryloop.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    child = start(command, tmp_path / "web.log", DEBUG="true")
    running = Site(child.process, child.log, f"http://127.0.0.1:{port}")
    wait_until(lambda: running.process.poll() is not None or _answers(port), 30)
    assert running.process.poll() is None, running.log.read_text()[-3000:]
    yield running
    running.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/openapi.json")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
