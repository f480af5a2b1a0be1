"""`manage.py up`: starts the servers, migrates, and runs web and worker. It imports no Django."""

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from base.configuration import environment, startup
from base.configuration.archive import point_in_time_dir
from base.configuration.data_directory import data_dir, socket_dir
from operations.backup.point_in_time import receiver
from operations.open_files import raise_open_files_limit
from operations.up import servers
from operations.up.orphans import stop_orphaned_processes
from operations.up.preflight import StartupError, lock_data_directory, not_writable, open_listener
from operations.up.prepare_launcher import PROJECT, Prepare, preparation
from operations.up.private_files import make_private
from operations.up.programs import Program
from operations.up.socket_folders import ForeignFolder
from operations.up.supervisor import CrashLoop, StopRequested, Supervisor, handle_stop_signals


def run(notify: Callable[[str], object]) -> None:
    """Start everything and keep it running until Ctrl-C or SIGTERM. Raises StartupError.

    `notify` takes messages for the operator.
    """
    raise_open_files_limit()  # the programs inherit it
    environment.read_file(PROJECT / ".env")
    directory = data_dir(PROJECT)
    supervisor = Supervisor(notify)
    handle_stop_signals(supervisor.request_stop)
    try:
        # Nothing is touched before all settings are valid.
        with preparation() as prepare, lock_data_directory(directory), open_listener(*startup.address()) as listener:
            _start(supervisor, directory, listener, prepare)
            supervisor.run()
    except StopRequested:
        notify("Stopping.")
    except (CrashLoop, servers.ServerStartError, ForeignFolder) as error:
        raise StartupError(str(error)) from None
    except OSError as error:
        raise not_writable(directory, error) from None
    finally:
        supervisor.stop()


def _start(supervisor: Supervisor, directory: Path, listener: socket.socket, prepare: Prepare) -> None:
    if names := stop_orphaned_processes(directory):
        supervisor.notify(f"Stopped processes that an earlier start left running: {', '.join(names)}.")
    # Only once the orphans have ended: an orphaned PostgreSQL runs under another account, which loses access here, and
    # it still opens its last files by their full paths.
    for path in make_private(directory)[:1]:
        supervisor.notify(
            f"Other accounts can read {path}, which is not this account's. Change its owner or its permissions."
        )
    _start_servers(supervisor, directory)
    for message in prepare():
        supervisor.notify(message)
    for program in programs(directory, listener.fileno()):
        supervisor.start(program)
    if archive := point_in_time_dir():
        supervisor.start(receiver.receiver(Path(archive), directory, socket_dir(directory, "postgres")))
    url = site_url(listener)
    while not _answers(url):
        supervisor.check()
    supervisor.notify(f"MemoryLoop is running at {url}")


def _start_servers(supervisor: Supervisor, directory: Path) -> None:
    """Start both servers before waiting for either."""
    embedded = []
    if not environment.text("DATABASE_URL", default=""):
        options = receiver.OPTIONS if point_in_time_dir() else ()
        embedded.append(servers.postgres(directory, options=options))
    if not environment.text("REDIS_URL", default=""):
        embedded.append(servers.valkey(directory))
    for server in embedded:
        supervisor.adopt(server.program, server.start())
    for server in embedded:
        server.wait()


def programs(directory: Path, listener: int) -> tuple[Program, Program]:
    """Web and worker. `listener` is the file descriptor of the site's socket."""
    shared = {
        # glibc allocates an arena per thread, and never returns the memory that LanceDB's threads free in them.
        "MALLOC_ARENA_MAX": "2",
        "PYTHONPATH": str(PROJECT),
        # Celery warns about running as root because of pickle, which this project does not accept.
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
        # Django's checks import all pages and forms, which take 14 MB in a worker. The tests run them.
        "CELERY_SKIP_CHECKS": "1",
    }

    def program(name: str, command: list[str], *files: int) -> Program:
        return Program(name, [sys.executable, "-m", *command], directory, environment=shared, inherited_files=files)

    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", startup.log_level()]
    return (
        program("web", ["operations.web.server", str(listener)], listener),
        program("worker", ["celery", "-q", "-A", "memoryloop", "worker", *quiet]),
    )


def site_url(listener: socket.socket) -> str:
    """The site's address for a browser on this machine."""
    host, port = listener.getsockname()[:2]
    ip = ip_address(host)
    if ip.is_unspecified:
        return f"http://127.0.0.1:{port}/"
    return f"http://[{ip}]:{port}/" if ip.version == 6 else f"http://{ip}:{port}/"


def _answers(url: str) -> bool:
    """Whether the sign-in page loads. An early request waits in the socket's queue until the web process is ready.

    Not with http.client, which would take a quarter of the memory of `up`.
    """
    address = urlsplit(url)
    with suppress(OSError), socket.create_connection((address.hostname, address.port), timeout=1) as client:
        client.sendall(f"GET /accounts/login/ HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
        words = client.recv(100).split()  # HTTP/1.1 200 OK
        return len(words) > 1 and int(words[1]) < 500
    return False
