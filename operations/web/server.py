"""The web process: uvicorn with limits, on a socket that `manage.py up` holds open, or on HOST and PORT."""

import os
import socket
import sys

import uvicorn
from django.conf import settings

from base.logs.errors import log_thread_errors
from operations.interpreter import share_time_fairly
from operations.open_files import raise_open_files_limit
from operations.up.preflight import StartupError, open_listener
from operations.web.protocol import LimitedProtocol


def serve(listener: socket.socket) -> None:
    """Serve until SIGTERM."""
    log_thread_errors()
    files = raise_open_files_limit()
    LimitedProtocol.deadline = settings.REQUEST_TIMEOUT
    # A request may be a stream, which has a connection to Valkey too. The last quarter is for everything else.
    LimitedProtocol.max_waiting = min(LimitedProtocol.max_waiting, files // 4)
    LimitedProtocol.max_requests = min(LimitedProtocol.max_requests, files // 4)
    config = uvicorn.Config(
        "memoryloop.asgi:application",
        http=LimitedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,  # Django configures logging
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads them, according to TRUSTED_PROXIES
        timeout_graceful_shutdown=3,  # seconds; open streams resume after a restart
    )
    config.load()
    share_time_fairly()
    uvicorn.Server(config).run(sockets=[listener])


def main(descriptor: str = "") -> None:
    """Serve on this file descriptor of a socket, or without one on HOST and PORT, as in a container."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    try:
        given = socket.socket(fileno=int(descriptor)) if descriptor else None
        serve(given or open_listener(settings.HOST, settings.PORT))
    except StartupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
