"""The web process under `manage.py up`: uvicorn on a socket that its parent holds open."""

import os
import socket
import sys

import uvicorn


def serve(descriptor: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")
    config = uvicorn.Config(
        "memoryloop.asgi:application",
        lifespan="off",
        log_config=None,  # Django's own
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who may set them is TRUSTED_PROXIES' to say
        timeout_graceful_shutdown=3,  # an open stream resumes after the restart
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
