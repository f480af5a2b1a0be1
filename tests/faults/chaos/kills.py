"""What users are interrupted by. Each kill is named by its function, and has been overcome or repaired when it returns.

A process is found by its role, wherever the supervisor runs it.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.faults.chaos.site import ChaosSite
from tests.waiting import wait_until

MET_WITHIN = 4.0  # seconds in which the program should meet a fault; it goes on if it does not
EMBEDDINGS = 2  # requests to the embedder that fail


def web(site: ChaosSite, random: Random) -> None:
    _kill(site, "web")


def worker(site: ChaosSite, random: Random) -> None:
    _kill(site, "worker")


def postgresql(site: ChaosSite, random: Random) -> None:
    _kill(site, "postgresql")


def valkey(site: ChaosSite, random: Random) -> None:
    _kill(site, "valkey")


def supervisor(site: ChaosSite, random: Random) -> None:
    site.up.process.kill()
    site.up.process.wait()
    site.restart()


def everything(site: ChaosSite, random: Random) -> None:
    site.up.kill_all()
    site.restart()


def index_file_deleted(site: ChaosSite, random: Random) -> None:
    for path in _some_index_file(site, random):
        path.unlink()


def index_file_truncated(site: ChaosSite, random: Random) -> None:
    for path in _some_index_file(site, random):
        os.truncate(path, path.stat().st_size // 2)


def embedder_hangs(site: ChaosSite, random: Random) -> None:
    site.ollama.configure(per_text=600.0)
    _wait_for_embeddings(site)
    site.ollama.configure(per_text=0.0)
    site.ollama.down()  # ends the requests that hang
    site.ollama.up()


def embedder_of_another_width(site: ChaosSite, random: Random) -> None:
    width = site.ollama.width
    site.ollama.configure(width=10)
    _wait_for_embeddings(site)
    site.ollama.configure(width=width)


def full_disk(site: ChaosSite, random: Random) -> None:
    filler = site.index / "filler"
    failures = _full_disk_failures(site)
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"\0" * 2**16)
            file.flush()
    _meets(lambda: _full_disk_failures(site) > failures)
    filler.unlink(missing_ok=True)


def _full_disk_failures(site: ChaosSite) -> int:
    return site.output().count("No space left on device")


def _kill(site: ChaosSite, role: str) -> None:
    # It may be restarting since the last kill.
    wait_until(lambda: site.process(role), 60).kill()


def _some_index_file(site: ChaosSite, random: Random) -> list[Path]:
    """A file with rows, one of an index, or the newest manifest of the messages' table; none without a table."""
    part = random.choice(["data/*", "_indices/*/*", "_versions/*.manifest"])
    files = sorted(site.index.glob(f"messages_*.lance/{part}"))
    if part.startswith("_versions"):
        files = files[:1]  # names count down
    return [random.choice(files)] if files else []


def _wait_for_embeddings(site: ChaosSite) -> None:
    before = _embeddings(site)
    _meets(lambda: _embeddings(site) >= before + EMBEDDINGS)


def _embeddings(site: ChaosSite) -> int:
    return sum(call.path == "/api/embed" for call in list(site.ollama.calls))


def _meets(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MET_WITHIN
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


KILLS: dict[str, Callable[[ChaosSite, Random], None]] = {
    function.__name__: function
    for function in (
        *(web, worker, postgresql, valkey, supervisor, everything, index_file_deleted, index_file_truncated),
        *(embedder_hangs, embedder_of_another_width, full_disk),
    )
}


def kinds(site: ChaosSite) -> list[str]:
    """The kills that are possible here."""
    return [name for name in KILLS if site.own_disk or name != "full_disk"]
