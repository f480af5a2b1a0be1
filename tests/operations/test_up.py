"""`manage.py up` as an operator uses it: real processes that are stopped and killed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from operations.python_version import python_warning
from operations.up.programs import DATA_DIR_MARK
from operations.up.servers import start_postgres
from tests.processes import PROJECT, free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

# `up` starts its own servers here, although the environment names those of the test run.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "LANCEDB_URI")
}
TIMEOUT = 60.0  # seconds for a start or a stop; the machine may be busy with other tests


class Up:
    """One run of `manage.py up`."""

    def __init__(self, directory: Path, log: Path, **more: str) -> None:
        self.directory, self.port, self.log = directory, int(more.get("PORT", free_port())), log
        variables = {"DATA_DIR": str(directory), "PORT": str(self.port), "WORKER_THREADS": "4", **more}
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT,
                env={**ENVIRONMENT, **variables},
                stdout=sink,
                stderr=sink,
            )

    def wait_for_page(self) -> None:
        announcement = f"MemoryLoop is running at http://127.0.0.1:{self.port}/"
        wait_until(lambda: self.process.poll() is not None or announcement in self.output(), TIMEOUT)
        assert self.process.poll() is None, self.output()
        assert self.page_status() == 200

    def page_status(self) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status
        finally:
            connection.close()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def processes(self) -> list[psutil.Process]:
        """Every running process that was started for this data directory."""
        processes = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(DATA_DIR_MARK) == str(self.directory):
                    processes.append(process)
        return processes

    def kill_and_wait_for_restart(self, argument: str) -> None:
        """Kill the process with this command line argument, and wait for another one with it."""
        killed = wait_until(lambda: self.process_with(argument), TIMEOUT)
        killed.kill()
        wait_until(lambda: self.process_with(argument) not in (None, killed), TIMEOUT)

    def process_with(self, argument: str) -> psutil.Process | None:
        """The process with this command line argument."""
        for process in self.processes():
            with suppress(psutil.Error):
                if argument in process.cmdline():
                    return process
        return None

    def send(self, number: signal.Signals) -> int:
        """Send `up` a signal. Returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT)

    def kill_all(self) -> None:
        """Send SIGKILL to `up` and all of its processes."""
        for process in (psutil.Process(self.process.pid), *self.processes()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def first_directory() -> Iterator[Path]:
    """A data directory after its first start, which creates the database and migrates it, and a clean stop."""
    # tmp_path would be too long for a unix socket. The space in the name is part of the test.
    with tempfile.TemporaryDirectory(prefix="memory loop-") as parent:
        directory = Path(parent).resolve()
        up = Up(directory / "data", directory / "first.log")
        up.wait_for_page()
        assert "Migrated the database." in up.output()
        assert ("CVE-2024-7592" in up.output()) is (python_warning() is not None)
        assert up.send(signal.SIGTERM) == 0
        yield up.directory


@pytest.fixture(scope="module")
def running(first_directory: Path) -> Iterator[Up]:
    """One `up` for all tests that leave it running."""
    archive = str(first_directory.with_name("archive"))
    up = Up(copy_of(first_directory, "running"), first_directory.with_name("running.log"), POINT_IN_TIME_DIR=archive)
    up.wait_for_page()
    yield up
    up.send(signal.SIGTERM)


@pytest.fixture
def directory(first_directory: Path, request: pytest.FixtureRequest) -> Path:
    """A data directory for one test."""
    return copy_of(first_directory, request.node.name.replace("[", "-").rstrip("]"))


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[[], Up]]:
    """A function that starts `up` on the test's data directory."""
    started: list[Up] = []

    def start_up() -> Up:
        started.append(Up(directory, directory.with_name(f"{directory.name}-{len(started)}.log")))
        return started[-1]

    yield start_up
    for up in started:
        if up.process.poll() is None:
            up.send(signal.SIGTERM)


def copy_of(directory: Path, name: str) -> Path:
    # Not shutil.copytree: as root, PostgreSQL's files belong to another account, which `cp -a` keeps.
    subprocess.run(["cp", "-a", directory, directory.with_name(name)], check=True)
    return directory.with_name(name)


def test_it_runs_every_process_and_answers(running: Up) -> None:
    wait_until(lambda: len(running.processes()) >= 4)
    assert running.page_status() == 200
    assert "Traceback" not in running.output()


def test_the_supervisor_is_small(running: Up) -> None:
    assert psutil.Process(running.process.pid).memory_info().rss < 40_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_web_process_loads_the_libraries_of_the_index_with_its_first_search(running: Up) -> None:
    web = running.process_with("operations.web.server")
    assert web is not None
    libraries = Path(f"/proc/{web.pid}/maps").read_text()
    assert "psycopg" in libraries
    assert not any(name in libraries for name in ("lancedb", "pyarrow", "numpy"))


def readable_by_others(directory: Path) -> list[Path]:
    """Directories and files in `directory` that another account may open, while running servers write in it."""

    def is_open(path: Path) -> bool:
        try:
            status = path.lstat()
        except FileNotFoundError:  # renamed or removed since it was listed
            return False
        return not stat.S_ISLNK(status.st_mode) and bool(status.st_mode & (stat.S_IRWXG | stat.S_IRWXO))

    return [path for path in (directory, *directory.rglob("*")) if is_open(path)]


def test_other_accounts_can_read_nothing(running: Up) -> None:
    wait_until(lambda: list(running.directory.glob("lancedb/*.lance/**/*.manifest")), TIMEOUT)
    for place in ("postgres/base", "valkey/appendonlydir", "secrets/secret_key", "static/css"):
        assert (running.directory / place).exists()
    # As root, the account of PostgreSQL may enter the directory, and not list it.
    enters = [running.directory] if os.geteuid() == 0 else []
    assert readable_by_others(running.directory) == enters
    assert stat.S_IMODE(running.directory.stat().st_mode) == (0o710 if enters else 0o700)


def test_a_start_makes_the_files_of_an_earlier_release_private(start: Callable[[], Up], directory: Path) -> None:
    for path in (directory, *directory.rglob("*")):
        if "postgres" not in path.parts:  # PostgreSQL refuses such files
            path.chmod(0o755 if path.is_dir() else 0o644)
    start().wait_for_page()
    assert set(readable_by_others(directory)) <= {directory}
    assert stat.S_IMODE(directory.stat().st_mode) in (0o700, 0o710)


def test_the_write_ahead_log_is_archived(running: Up) -> None:
    wait_until(lambda: list(running.directory.with_name("archive").glob("wal/*.partial")), TIMEOUT)
    assert readable_by_others(running.directory.with_name("archive")) == []


def test_a_second_start_on_the_same_directory_is_refused(running: Up) -> None:
    second = Up(running.directory, running.log.with_name("second.log"))
    assert second.process.wait(TIMEOUT) == 1
    assert f"MemoryLoop already runs on {running.directory} (process {running.process.pid})" in second.output()
    assert running.page_status() == 200


def test_a_process_that_dies_is_restarted(running: Up) -> None:
    for argument in ("listen_addresses=", "operations.web.server", "worker", "--appendonly"):
        running.kill_and_wait_for_restart(argument)
    assert running.output().count("exited (killed by SIGKILL). Restarting it in 0.25 s.") == 4
    wait_until(lambda: running.page_status() == 200, TIMEOUT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_process(start: Callable[[], Up], number: signal.Signals) -> None:
    up = start()
    up.wait_for_page()
    wait_until(lambda: len(up.processes()) >= 4)
    assert up.send(number) == 0
    assert up.processes() == []
    assert "Traceback" not in up.output()


def test_a_start_after_kill_9_of_everything_is_clean(start: Callable[[], Up]) -> None:
    first = start()
    first.wait_for_page()
    first.kill_all()
    second = start()
    second.wait_for_page()
    assert second.send(signal.SIGTERM) == 0
    assert second.processes() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the next start stops the orphans")
def test_kill_9_of_up_alone_ends_its_processes(start: Callable[[], Up]) -> None:
    up = start()
    up.wait_for_page()
    up.send(signal.SIGKILL)
    wait_until(lambda: not up.processes(), 20)
    assert "database system is shut down" in (up.directory / "postgres.log").read_text().splitlines()[-1]


def test_orphaned_servers_are_stopped_before_a_start(start: Callable[[], Up], directory: Path) -> None:
    orphan = start_postgres(directory)
    up = start()
    up.wait_for_page()
    assert "Stopped processes that an earlier start left running: postgres." in up.output()
    assert orphan.process is not None
    assert orphan.process.wait(1) == 0


def startup_error(directory: Path, **variables: str) -> str:
    """The one line that `up` prints when it does not start."""
    environment = {**os.environ, "DATA_DIR": str(directory), "PORT": str(free_port()), **variables}
    result = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_a_port_in_use_is_reported_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} is in use on 127.0.0.1" in startup_error(tmp_path, PORT=str(port))


def test_a_host_of_another_machine_is_reported_in_one_line(tmp_path: Path) -> None:
    assert "MemoryLoop can't listen on HOST 203.0.113.7" in startup_error(tmp_path, HOST="203.0.113.7")


def test_a_bad_setting_is_reported_in_one_line(tmp_path: Path) -> None:
    assert "DEBUG is 'perhaps'; set it to true or false." in startup_error(tmp_path, DEBUG="perhaps")


def test_a_data_directory_that_cannot_be_written_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "DATA_DIR" in startup_error(tmp_path / "file" / "data")


def test_a_read_only_data_directory_is_reported_in_one_line() -> None:
    read_only = Path("/proc/self")  # even root cannot write here
    message = startup_error(read_only, SECRET_KEY="k" * 50, FIELD_ENCRYPTION_KEYS="A" * 43 + "=")
    assert "can't write to DATA_DIR" in message


def test_a_database_that_does_not_answer_is_reported_in_one_line(tmp_path: Path) -> None:
    address = f"postgresql://memoryloop_app:hunter2@127.0.0.1:{free_port()}/loop"
    message = startup_error(tmp_path, DATABASE_URL=address)
    assert "PostgreSQL at DATABASE_URL can't be used" in message
    assert "hunter2" not in message


def test_a_command_without_its_database_says_what_to_do(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--email", "alice@example.org"],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SUPERUSER_PASSWORD": "x"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert result.returncode == 1
    assert result.stderr.endswith("The embedded database is not running; start it with: make run\n")
    assert "Traceback" not in result.stderr
