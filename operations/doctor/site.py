"""The site's address: whether MemoryLoop listens there, or another program has the port."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from json import loads
from pathlib import Path

import psutil
from django.conf import settings

from operations.checks.findings import Finding, failure, ok
from operations.up.programs import DATA_DIR_MARK

TIMEOUT = 2.0  # seconds


def port() -> Sequence[Finding]:
    host, number = settings.HOST, settings.PORT
    try:
        socket.create_connection((_reachable(host), number), timeout=TIMEOUT).close()
    except OSError:
        return [ok(f"Port {number} of {host} is free: MemoryLoop is not running.")]
    owner = _listening_process(number)
    if _is_ours(owner) if owner else _answers_like_us(_reachable(host), number):
        return [ok(f"MemoryLoop listens on port {number} of {host}.")]
    name = f"{owner.name()} (process {owner.pid})" if owner else "a process that this account can't see"
    return [
        failure(
            f"Port {number} of {host} is used by {name}, and not by this MemoryLoop.",
            "Stop that program, or set PORT to another port.",
        )
    ]


def _reachable(host: str) -> str:
    """An address that reaches a server of this host which listens on `host`."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    loopback = "127.0.0.1" if address.version == 4 else "::1"
    return loopback if address.is_unspecified else host


def _listening_process(number: int) -> psutil.Process | None:
    """None if this account may not see it. macOS shows no process to accounts other than root."""
    with suppress(psutil.Error, OSError):
        for listener in psutil.net_connections("tcp"):
            if listener.status == psutil.CONN_LISTEN and listener.laddr.port == number and listener.pid:
                return psutil.Process(listener.pid)
    return None


def _is_ours(process: psutil.Process) -> bool:
    """Whether it is the web process of this DATA_DIR, or `manage.py up`, which holds its socket."""
    with suppress(psutil.Error, OSError):
        if started_for := process.environ().get(DATA_DIR_MARK):
            return bool(started_for == str(settings.DATA_DIR))
        return process.pid == _pid_of_up() or "operations.web.server" in process.cmdline()  # the latter in a container
    return False


def _pid_of_up() -> int | None:
    try:
        return int((Path(settings.DATA_DIR) / "up.lock").read_text())
    except (OSError, ValueError):
        return None


def _answers_like_us(host: str, number: int) -> bool:
    """Whether it answers JSON with a status, as health and every error of the API do."""
    connection = HTTPConnection(host, number, timeout=TIMEOUT)
    try:
        connection.request("GET", "/api/health/live", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
        return bool(loads(connection.getresponse().read(1000)).get("status"))
    except (OSError, HTTPException, ValueError, AttributeError):
        return False
    finally:
        connection.close()
