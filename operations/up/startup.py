"""`manage.py up`: starts the servers, migrates, and runs web, worker and beat."""

import socket
import sys
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path

import psycopg
import redis
from django.conf import settings
from django.db import OperationalError, connection

from base.configuration import environment
from base.connections import valkey_client
from operations.open_files import raise_open_files_limit
from operations.python_version import python_warning
from operations.up import servers
from operations.up.orphans import stop_orphaned_processes
from operations.up.preflight import StartupError, lock_data_directory, not_writable, open_listener
from operations.up.preparation import collect_static_files, migrate
from operations.up.private_files import make_private
from operations.up.programs import Program
from operations.up.socket_folders import ForeignFolder
from operations.up.supervisor import CrashLoop, StopRequested, Supervisor, handle_stop_signals

PROJECT = Path(__file__).resolve().parents[2]


def run(notify: Callable[[str], object]) -> None:
    """Start everything and keep it running until Ctrl-C or SIGTERM. Raises StartupError.

    `notify` takes messages for the operator.
    """
    raise_open_files_limit()  # the programs inherit it
    supervisor = Supervisor(notify)
    handle_stop_signals(supervisor.request_stop)
    try:
        with lock_data_directory(settings.DATA_DIR), open_listener(settings.HOST, settings.PORT) as listener:
            _start(supervisor, listener, notify)
            supervisor.run()
    except StopRequested:
        notify("Stopping.")
    except (CrashLoop, servers.ServerStartError) as error:
        raise StartupError(str(error)) from None
    except ForeignFolder as error:
        raise StartupError(str(error)) from None
    except OSError as error:
        raise not_writable(settings.DATA_DIR, error) from None
    finally:
        supervisor.stop()


def _start(supervisor: Supervisor, listener: socket.socket, notify: Callable[[str], object]) -> None:
    if names := stop_orphaned_processes(settings.DATA_DIR):
        notify(f"Stopped processes that an earlier start left running: {', '.join(names)}.")
    # Only once the orphans have ended: an orphaned PostgreSQL runs under another account, which loses access here, and
    # it still opens its last files by their full paths.
    for path in make_private(settings.DATA_DIR)[:1]:
        notify(f"Other accounts can read {path}, which is not this account's. Change its owner or its permissions.")
    _start_servers(supervisor)
    _prepare(notify)
    web, worker, beat = programs(listener.fileno())
    supervisor.start(web)
    supervisor.start(worker)
    url = site_url(listener)
    while not _answers(url):
        supervisor.check()
    notify(f"MemoryLoop is running at {url}")
    supervisor.start(beat)  # last, so that it takes no CPU time from the first page


def _start_servers(supervisor: Supervisor) -> None:
    """Start both servers before waiting for either."""
    embedded = []
    if not environment.text("DATABASE_URL", default=""):
        embedded.append(servers.postgres(settings.DATA_DIR))
    if not environment.text("REDIS_URL", default=""):
        embedded.append(servers.valkey(settings.DATA_DIR))
    for server in embedded:
        supervisor.adopt(server.program, server.start())
    for server in embedded:
        server.wait()


def _prepare(notify: Callable[[str], object]) -> None:
    try:
        if migrate():
            notify("Migrated the database.")
            if warning := python_warning():
                notify(" ".join(warning))
    except (OperationalError, psycopg.OperationalError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise StartupError(f"PostgreSQL at DATABASE_URL can't be used: {reason}") from None
    finally:
        connection.close()
    collect_static_files()
    if not _valkey_answers():
        notify("Valkey at REDIS_URL does not answer. Messages are stored; replies begin when it is back.")


def programs(listener: int) -> tuple[Program, Program, Program]:
    """Web, worker and beat. `listener` is the file descriptor of the site's socket."""
    python, celery = [sys.executable, "-m"], [sys.executable, "-m", "celery", "-q", "-A", "memoryloop"]
    level = ["--loglevel", settings.LOG_LEVEL]
    threads = ["--pool", "threads", "--concurrency", str(settings.WORKER_THREADS)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Celery warns about running as root because of pickle, which this project does not accept.
    no_root_warning = "ignore::UserWarning:celery.platforms"
    # glibc allocates an arena per thread, and never returns the memory that LanceDB's threads free in them.
    shared = {"MALLOC_ARENA_MAX": "2", "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": no_root_warning}

    def program(name: str, command: list[str], *files: int) -> Program:
        return Program(name, command, settings.DATA_DIR, environment=shared, inherited_files=files)

    return (
        program("web", [*python, "operations.web.server", str(listener)], listener),
        program("worker", [*celery, "worker", *threads, *quiet, *level]),
        # The schedule is in memory: a kill can corrupt a schedule file, and every entry may run at any time.
        program("beat", [*celery, "beat", "--scheduler", "celery.beat.Scheduler", *level]),
    )


def site_url(listener: socket.socket) -> str:
    """The site's address for a browser on this machine."""
    host, port = listener.getsockname()[:2]
    ip = ip_address(host)
    if ip.is_unspecified:
        return f"http://127.0.0.1:{port}/"
    return f"http://[{ip}]:{port}/" if ip.version == 6 else f"http://{ip}:{port}/"


def _answers(url: str) -> bool:
    """Whether the sign-in page loads. An early request waits in the socket's queue until the web process is ready."""
    connection = HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=1)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _valkey_answers() -> bool:
    try:
        return bool(valkey_client().ping())
    except redis.RedisError:
        return False
