"""Real processes for a test: Celery workers and web servers on the test's own database, Valkey and LanceDB."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
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
        """Send SIGKILL to the process and everything it started, as in a power cut."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 10.0) -> None:
        """Send SIGTERM, and SIGKILL when the process takes longer than `seconds`."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def pause(self) -> None:
        """Let nothing of it run until `resume`."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def has_logged(self, words: str) -> bool:
        """Whether the log contains `words`. Fails the test when the process has ended."""
        output = self.log.read_text(errors="replace")
        assert self.process.poll() is None, f"The process ended:\n{output[-3000:]}"
        return words in output


@dataclass
class Site(Child):
    """A web server; `url` is its address, without a trailing slash."""

    url: str


def environment_of_test() -> dict[str, str]:
    """The current settings of the test as environment variables for a child process."""
    database = connection.settings_dict
    place = f"@/{database['NAME']}?host={database['HOST']}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}{place}",
        "DATABASE_OWNER_URL": f"postgresql://{database['OWNER']['USER']}{place}",
        "REDIS_URL": settings.REDIS_URL,
        "LANCEDB_URI": settings.LANCEDB_URI,
        "OLLAMA_BASE_URL": settings.OLLAMA_BASE_URL,
        "ANTHROPIC_BASE_URL": settings.ANTHROPIC_BASE_URL,
        "EMBEDDINGS": settings.EMBEDDINGS,
        "DATABASE_POOL_SIZE": "8",
        "WORKER_THREADS": "8",
        "PERIODIC_TASKS": "false",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONWARNINGS": "ignore",
    }


def start(arguments: list[str], log: Path, **variables: str) -> Child:
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT,
            env={**environment_of_test(), **variables},
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    return Child(process, log)


def start_site(log: Path, **variables: str) -> Site:
    """Start the web server on a free port and wait until it answers.

    The log does not show when that is, because uvicorn writes nothing when it has started to listen.
    """
    port = free_port()
    child = start(["operations.web.server"], log, HOST="127.0.0.1", PORT=str(port), **variables)
    site = Site(child.process, child.log, f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: site.process.poll() is not None or _answers(port), 60)
        assert site.process.poll() is None, f"The web server ended:\n{log.read_text(errors='replace')[-3000:]}"
    except BaseException:
        site.kill()
        raise
    return site


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Like `tmp_path`, with a name that is short enough for unix sockets."""
    with tempfile.TemporaryDirectory(prefix="memoryloop-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


@pytest.fixture
def start_worker(transactional_db: None, own_index: Path, tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """A function that starts another Celery worker; keyword arguments become environment variables."""
    started: list[Child] = []

    def start_another(**variables: str) -> Child:
        command = ["celery", "-A", "memoryloop", "worker"]
        options = ["--without-gossip", "--without-mingle", "-n", f"test-{len(started)}@%h"]
        options += ["-l", variables.get("LOG_LEVEL", "INFO")]
        started.append(start([*command, *options], tmp_path / f"worker-{len(started)}.log", **variables))
        wait_until(lambda: started[-1].has_logged(" ready."), 30)
        return started[-1]

    yield start_another
    for worker in started:
        # A warm shutdown takes Celery two seconds or more. No test that ends here needs it, and the database,
        # the index and Valkey are emptied afterwards.
        worker.kill()


@pytest.fixture
def worker(start_worker: Callable[..., Child]) -> Child:
    """A running Celery worker."""
    return start_worker()


@pytest.fixture
def periodic_worker(start_worker: Callable[..., Child]) -> Child:
    """A running worker that sends the periodic tasks."""
    return start_worker(PERIODIC_TASKS="true")


@pytest.fixture
def site(transactional_db: None, own_index: Path, tmp_path: Path) -> Iterator[Site]:
    """A web server with the settings of this test."""
    running = start_site(tmp_path / "web.log", DEBUG="true")
    yield running
    running.kill()  # a graceful stop would wait for streams that the test left open


@pytest.fixture(scope="session")
def session_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web server behind `shared_site`, which starts with the first test that needs it."""
    directory = tmp_path_factory.mktemp("site")
    running = start_site(directory / "web.log", DEBUG="true", LANCEDB_URI=str(directory / "lancedb"))
    yield running
    running.stop()


@pytest.fixture
def shared_site(transactional_db: None, session_site: Site) -> Site:
    """A web server that tests share, because a start costs two seconds.

    It serves the test's database and Valkey, with the settings of the test run and an index of its own. A test that
    changes settings, or reads the index, uses `site`.
    """
    return session_site


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
