"""`manage.py up`: servers, migrations, web, worker and beat, from nothing to a page that answers."""

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
from operations.up import servers
from operations.up.orphans import stop_leftovers
from operations.up.preflight import CannotStart, hold, listen, unusable
from operations.up.preparation import collect_static_files, migrate
from operations.up.programs import Program
from operations.up.supervisor import Ended, GaveUp, Supervisor, on_end_signals

PROJECT = Path(__file__).resolve().parents[2]


def run(say: Callable[[str], object]) -> None:
    """Start everything and keep it alive until Ctrl-C or SIGTERM; CannotStart with one sentence when it can't."""
    supervisor = Supervisor(say)
    on_end_signals(supervisor.end)
    try:
        with hold(settings.DATA_DIR), listen(settings.HOST, settings.PORT) as listener:
            _start(supervisor, listener, say)
            supervisor.run()
    except Ended:
        say("Stopping.")
    except (GaveUp, servers.ServerDidNotStart) as error:
        raise CannotStart(str(error)) from None
    except OSError as error:
        raise unusable(settings.DATA_DIR, error) from None
    finally:
        supervisor.stop()


def _start(supervisor: Supervisor, listener: socket.socket, say: Callable[[str], object]) -> None:
    if names := stop_leftovers(settings.DATA_DIR):
        say(f"Stopped what an earlier start left running: {', '.join(names)}.")
    _start_servers(supervisor)
    _prepare(say)
    web, worker, beat = programs(listener.fileno())
    supervisor.start(web)
    supervisor.start(worker)
    site = address(listener)
    while not _answers(site):
        supervisor.look()
    say(f"MemoryLoop answers at {site}")
    supervisor.start(beat)  # last: the first page is not to share the processor with it


def _start_servers(supervisor: Supervisor) -> None:
    """Both at once; then wait for both."""
    wanted = []
    if not environment.text("DATABASE_URL", default=""):
        wanted.append(servers.postgres(settings.DATA_DIR))
    if not environment.text("REDIS_URL", default=""):
        wanted.append(servers.valkey(settings.DATA_DIR))
    for server in wanted:
        supervisor.adopt(server.program, server.start())
    for server in wanted:
        server.wait()


def _prepare(say: Callable[[str], object]) -> None:
    try:
        if migrate():
            say("Migrated the database.")
    except (OperationalError, psycopg.OperationalError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise CannotStart(f"PostgreSQL at DATABASE_URL can't be used: {reason}") from None
    finally:
        connection.close()
    collect_static_files()
    if not _valkey_answers():
        say("Valkey at REDIS_URL does not answer yet: messages are kept, answers wait until it does.")


def programs(descriptor: int) -> tuple[Program, Program, Program]:
    """Web, worker and beat; `descriptor` is the open socket of the site."""
    python, celery = [sys.executable, "-m"], [sys.executable, "-m", "celery", "-q", "-A", "memoryloop"]
    level = ["--loglevel", settings.LOG_LEVEL]
    threads = ["--pool", "threads", "--concurrency", str(settings.WORKER_THREADS)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # glibc gives each thread an arena of its own, which LanceDB's threads never give back.
    # Celery warns of root for the sake of pickle, which is not accepted here.
    quiet_root = "ignore::UserWarning:celery.platforms"
    shared = {"MALLOC_ARENA_MAX": "2", "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": quiet_root}

    def program(name: str, command: list[str], *files: int) -> Program:
        return Program(name, command, settings.DATA_DIR, environment=shared, files=files)

    return (
        program("web", [*python, "operations.up.web", str(descriptor)], descriptor),
        program("worker", [*celery, "worker", *threads, *quiet, *level]),
        # In memory: a schedule file may be torn by a kill, and every entry is a sweep that may run at any time.
        program("beat", [*celery, "beat", "--scheduler", "celery.beat.Scheduler", *level]),
    )


def address(listener: socket.socket) -> str:
    """Where a browser on this machine finds the site."""
    name, port = listener.getsockname()[:2]
    ip = ip_address(name)
    if ip.is_unspecified:
        return f"http://127.0.0.1:{port}/"
    return f"http://[{ip}]:{port}/" if ip.version == 6 else f"http://{ip}:{port}/"


def _answers(site: str) -> bool:
    """Whether the first page comes; a visitor who is too early waits in the socket's queue until web takes it."""
    connection = HTTPConnection(site.removeprefix("http://").rstrip("/"), timeout=1)
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
