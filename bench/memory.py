"""The memory of all processes of `manage.py up`: when idle, after the first search, and after the first reply.

RSS counts a page that processes share once in each of them; PSS divides it among them. The sum of PSS is the memory
that all of them take together.
"""

import tempfile
import time
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.tools.processes import running_site

TARGET_MB = 500.0
SETTLE = 75.0  # seconds; the periodic tasks of the first minute have run by then
MAX_WAIT = 60.0  # seconds


def run() -> None:
    """Print RSS and PSS of each process, and their sum."""
    with (
        tempfile.TemporaryDirectory(prefix="memoryloop-memory-") as name,
        running_site(Path(name)) as (started, address),
    ):
        began, up = time.monotonic(), psutil.Process(started.pid)
        user = _signed_up(address)
        time.sleep(SETTLE - (time.monotonic() - began))
        _show(up, f"idle, {SETTLE:g} s after the start (target: {TARGET_MB:g} MB)")
        for attempt in ("first", "second"):
            print(f"  {attempt} search: {_seconds_of_search(user, address):.2f} s\n")
        _show(up, "after a search")
        print(f"  first reply: {_seconds_of_reply(user, address):.2f} s\n")
        _show(up, "after a reply that looked for earlier messages")


def _signed_up(address: str) -> requests.Session:
    session = requests.Session()
    form = {"email": "bench@example.org", "password1": "correct horse battery"}
    session.get(f"{address}/accounts/signup/", timeout=MAX_WAIT)
    form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    response = session.post(f"{address}/accounts/signup/", form, timeout=MAX_WAIT)
    assert response.url == f"{address}/", response.url
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    return session


def _seconds_of_search(user: requests.Session, address: str) -> float:
    began = time.perf_counter()
    user.get(f"{address}/search/?q=salt", timeout=MAX_WAIT).raise_for_status()
    return time.perf_counter() - began


def _seconds_of_reply(user: requests.Session, address: str) -> float:
    conversation = _post(user, f"{address}/api/chat/conversations", {})
    began = time.perf_counter()
    path = f"{address}/api/chat/conversations/{conversation['id']}/messages"
    reply = _post(user, path, {"content": "Why does bread need salt?"})["reply"]["id"]
    while _get(user, f"{address}/api/chat/messages/{reply}")["status"] != "complete":
        assert time.perf_counter() - began < MAX_WAIT
        time.sleep(0.02)
    return time.perf_counter() - began


def _post(user: requests.Session, address: str, body: dict[str, Any]) -> dict[str, Any]:
    response = user.post(address, json=body, timeout=MAX_WAIT)
    response.raise_for_status()
    return dict(response.json())


def _get(user: requests.Session, address: str) -> dict[str, Any]:
    response = user.get(address, timeout=MAX_WAIT)
    response.raise_for_status()
    return dict(response.json())


def _show(up: psutil.Process, title: str) -> None:
    """Print a line for each process; those of PostgreSQL share one."""
    figures = []
    for process in (up, *up.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # PostgreSQL has just ended it
            memory = process.memory_full_info()
            figures.append((_name(process), memory.rss / 1e6, memory.pss / 1e6))
    print(f"{title}\n  {'':<44}{'RSS MB':>10}{'PSS MB':>10}")
    for name, group in groupby(sorted(figures), key=lambda figure: figure[0]):
        lines = list(group)
        count = f" ({len(lines)} processes)" if len(lines) > 1 else ""
        print(f"  {name + count:<44}{sum(line[1] for line in lines):10.1f}{sum(line[2] for line in lines):10.1f}")
    print(f"  {'sum':<44}{sum(figure[1] for figure in figures):10.1f}{sum(figure[2] for figure in figures):10.1f}\n")


def _name(process: psutil.Process) -> str:
    if "postgres" in process.name():
        return "PostgreSQL"
    words = [Path(word).name for word in process.cmdline()[:6]]
    return " ".join(word for word in words if not word.startswith("-"))[:40]
