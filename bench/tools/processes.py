"""The processes of a benchmark: the whole program, its web server, its worker, and the stand-in for Ollama."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from operations.up.preflight import open_listener

PROJECT = Path(__file__).resolve().parent.parent.parent
WORKER = ("-m", "celery", "-A", "memoryloop", "worker", "--loglevel", "ERROR")


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run Python with these arguments until the end of the block."""
    started = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.communicate()


@contextmanager
def running_site(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`manage.py up` and its address, which it prints after it has loaded a page."""
    with process("manage.py", "up", DATA_DIR=str(data_dir), PORT=str(_free_port())) as up:
        assert up.stdout is not None
        yield up, next(match[1] for line in up.stdout if (match := re.search(r"is running at (\S+)/", line)))


@contextmanager
def web_server(**environment: str) -> Iterator[str]:
    """Yields the address of a web server that answers."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    server = ("-m", "operations.web.server")
    with process(*server, HOST="127.0.0.1", PORT=str(port), LOG_LEVEL="ERROR", **environment):
        _wait_for(address)
        yield address


@contextmanager
def ollama() -> Iterator[str]:
    """Run the stand-in for Ollama as a process. Yields its address."""
    with process("-m", "tests.stand_ins.ollama") as started:
        assert started.stdout is not None
        yield started.stdout.readline().strip()


def configure(address: str, **switches: object) -> None:
    requests.post(f"{address}/_stand_in", json=switches, timeout=5).raise_for_status()


def _free_port() -> int:
    with open_listener("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


def _wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            requests.get(f"{address}/api/openapi.json", timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise TimeoutError(address)
