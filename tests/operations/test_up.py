"""`manage.py up` as a person meets it: real processes, killed in every way."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from operations.up.programs import MARK
from operations.up.servers import start_postgres
from tests.processes import PROJECT, free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

# The tests' own servers are named in the environment; `up` is to bring its own.
BARE = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "LANCEDB_URI")}
START = 60.0  # seconds; the machine may be busy with other tests


class Up:
    """One `manage.py up` on a data directory and port of its own."""

    def __init__(self, directory: Path, port: int, log: Path, **more: str) -> None:
        self.directory, self.port, self.log = directory, port, log
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT,
                env={**BARE, "DATA_DIR": str(directory), "PORT": str(port), "WORKER_THREADS": "4", **more},
                stdout=sink,
                stderr=sink,
            )

    def wait_for_page(self) -> None:
        said = f"MemoryLoop answers at http://127.0.0.1:{self.port}/"
        wait_until(lambda: self.process.poll() is not None or said in self.words(), START)
        assert self.process.poll() is None, self.words()
        assert self.page() == 200

    def page(self) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status
        finally:
            connection.close()

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def left(self) -> list[psutil.Process]:
        """Every process that belongs to this data directory."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == str(self.directory):
                    found.append(process)
        return found

    def child(self, name: str) -> psutil.Process:
        return wait_until(lambda: next((one for one in self.left() if name in one.cmdline()), None))

    def kill_and_wait_for_the_next(self, name: str) -> None:
        first = self.child(name)
        first.kill()
        wait_until(lambda: any(name in next_.cmdline() for next_ in self.left() if next_.pid != first.pid), START)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(START)

    def kill_all(self) -> None:
        """kill -9 of everything, at once."""
        for process in (psutil.Process(self.process.pid), *self.left()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


@pytest.fixture
def start() -> Iterator[Callable[..., Up]]:
    # Not tmp_path: a unix socket's path has to be short. The space is on purpose.
    with tempfile.TemporaryDirectory(prefix="memory loop-") as parent:
        started: list[Up] = []

        def up(**more: str) -> Up:
            port = started[-1].port if started else free_port()
            directory = Path(parent).resolve()
            started.append(Up(directory / "data", port, directory / f"{len(started)}.log", **more))
            return started[-1]

        yield up
        for running in started:
            if running.process.poll() is None:
                running.end(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_a_signal_leaves_no_process(start: Callable[..., Up], number: signal.Signals) -> None:
    up = start()
    up.wait_for_page()
    wait_until(lambda: len(up.left()) >= 5)
    assert up.end(number) == 0
    assert up.left() == []
    assert "Traceback" not in up.words()


def test_after_kill_9_of_everything_the_next_start_is_clean(start: Callable[..., Up]) -> None:
    first = start()
    first.wait_for_page()
    first.kill_all()
    second = start()
    second.wait_for_page()
    assert second.end(signal.SIGTERM) == 0
    assert second.left() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the next start stops the orphans")
def test_after_kill_9_of_up_alone_its_children_leave_by_themselves(start: Callable[..., Up]) -> None:
    up = start()
    up.wait_for_page()
    up.end(signal.SIGKILL)
    wait_until(lambda: not up.left(), 20)
    assert "database system is shut down" in (up.directory / "postgres.log").read_text()


def test_servers_that_an_earlier_start_left_running_are_stopped_first(start: Callable[..., Up]) -> None:
    first = start()
    first.wait_for_page()
    first.end(signal.SIGTERM)
    orphan = start_postgres(first.directory)
    again = start()
    again.wait_for_page()
    assert "Stopped what an earlier start left running: postgres." in again.words()
    assert orphan.process is not None
    assert orphan.process.wait(1) == 0


def test_a_child_that_dies_is_started_again(start: Callable[..., Up]) -> None:
    up = start()
    up.wait_for_page()
    for name in ("operations.up.web", "worker", "beat", "--appendonly"):
        up.kill_and_wait_for_the_next(name)
    assert up.words().count("it is started again") == 4
    assert up.page() == 200


def test_a_second_start_on_the_same_directory_is_refused(start: Callable[..., Up]) -> None:
    first = start()
    first.wait_for_page()
    second = start(PORT=str(free_port()))
    assert second.process.wait(20) == 1
    assert f"MemoryLoop already runs on {first.directory} (process {first.process.pid})" in second.words()
    assert first.page() == 200


def refusal(directory: Path, **variables: str) -> str:
    """What `up` says when it does not start: one sentence."""
    given = {**os.environ, "DATA_DIR": str(directory), "PORT": str(free_port()), **variables}
    ended = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=PROJECT, env=given, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} is in use on 127.0.0.1" in refusal(tmp_path, PORT=str(port))


def test_a_host_that_is_not_here_is_one_sentence(tmp_path: Path) -> None:
    assert "HOST 203.0.113.7 can't be listened on" in refusal(tmp_path, HOST="203.0.113.7")


def test_a_bad_setting_is_one_sentence(tmp_path: Path) -> None:
    assert "DEBUG is 'perhaps'; set it to true or false." in refusal(tmp_path, DEBUG="perhaps")


def test_a_data_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "DATA_DIR" in refusal(tmp_path / "file" / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file that root can't write")
def test_a_read_only_data_directory_is_one_sentence() -> None:
    read_only = Path("/proc/self")  # even root can't write here
    said = refusal(read_only, SECRET_KEY="k" * 50, FIELD_ENCRYPTION_KEYS="A" * 43 + "=")
    assert "can't be written" in said


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    address = f"postgresql://loop:hunter2@127.0.0.1:{free_port()}/loop"
    said = refusal(tmp_path, DATABASE_URL=address)
    assert "PostgreSQL at DATABASE_URL can't be used" in said
    assert "hunter2" not in said


def test_a_command_without_its_database_says_how_to_start_it(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--email", "alice@example.org"],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SUPERUSER_PASSWORD": "x"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith("The embedded database is not running; start it with: make run\n")
    assert "Traceback" not in ended.stderr
