"""The web process of `manage.py up`: uvicorn on a socket that `up` holds open."""

import os
import socket
import sys

import uvicorn


def serve(descriptor: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    config = uvicorn.Config(
        "memoryloop.asgi:application",
        lifespan="off",
        log_config=None,  # Django configures logging
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads them, according to TRUSTED_PROXIES
        timeout_graceful_shutdown=3,  # seconds; open streams resume after a restart
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
