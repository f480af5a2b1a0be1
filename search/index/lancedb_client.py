"""LanceDB itself: the only module that imports it, late; its connections, its event loop and its errors."""

import asyncio
import platform
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from search.errors import IndexDamaged, IndexUnavailable

INDEX_CACHE = 256 << 20  # bytes; the defaults are 6 GiB and 1 GiB a process
METADATA_CACHE = 128 << 20
MOST_HANDLES = 64
WARM_UP_AFTER = 5.0  # seconds; the first page comes first

Answer = TypeVar("Answer")


@contextmanager
def translated() -> Iterator[None]:
    """LanceDB's errors as ours. Nearly all are RuntimeErrors that differ in their text only."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        text = str(error)
        if "ot found" in text or "does not exist" in text:
            raise IndexDamaged from error
        raise IndexUnavailable from error


def warm_up() -> None:
    """Import LanceDB in the background, a little later: else a process's first search waits seconds for it."""

    def load() -> None:
        with suppress(IndexUnavailable):
            vendor()

    timer = threading.Timer(WARM_UP_AFTER, load)
    timer.daemon = True
    timer.start()


@dataclass(frozen=True)
class Vendor:
    connect: Any
    connect_async: Any
    Session: Any
    col: Any
    lit: Any
    MatchQuery: Any
    FTS: Any
    Bitmap: Any
    BTree: Any
    IvfRq: Any


@cache
def vendor() -> Vendor:
    """LanceDB, imported late: on a processor without AVX2 the import alone kills the process (SIGILL)."""
    if not has_avx2():
        raise IndexUnavailable
    import lancedb
    from lancedb.expr import col, lit
    from lancedb.index import FTS, Bitmap, BTree, IvfRq
    from lancedb.query import MatchQuery

    return Vendor(
        lancedb.connect, lancedb.connect_async, lancedb.Session, col, lit, MatchQuery, FTS, Bitmap, BTree, IvfRq
    )


def has_avx2(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    if platform.machine() not in ("x86_64", "AMD64") or not cpuinfo.exists():
        return True
    return " avx2" in cpuinfo.read_text()


@cache
def _session() -> Any:
    return vendor().Session(INDEX_CACHE, METADATA_CACHE)


@cache
def connection(uri: str) -> Any:
    with translated():
        return vendor().connect(uri, **_options())


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Wait for LanceDB's asynchronous side, which the reads use.

    Its synchronous side crosses between threads six times a search: 2.5 ms where this takes 1.5.
    """
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


async def reader(name: str) -> Any:
    """A handle for reading, kept between searches; it sees each newer version at once."""
    key = (settings.LANCEDB_URI, name)
    if key not in _readers:
        while len(_readers) >= MOST_HANDLES:
            _readers.pop(next(iter(_readers)))
        _readers[key] = await (await _reading(settings.LANCEDB_URI)).open_table(name)
    return _readers[key]


_readers: dict[tuple[str, str], Any] = {}
_reading_connections: dict[str, Any] = {}


async def _reading(uri: str) -> Any:
    if uri not in _reading_connections:
        _reading_connections[uri] = await vendor().connect_async(uri, **_options())
    return _reading_connections[uri]


def _options() -> dict[str, Any]:
    # Interval zero: a handle sees what other processes wrote; by default it is a frozen snapshot.
    return {
        "session": _session(),
        "read_consistency_interval": timedelta(0),
        "storage_options": settings.LANCEDB_STORAGE_OPTIONS or None,
    }


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="search-lance", daemon=True).start()
    return loop
