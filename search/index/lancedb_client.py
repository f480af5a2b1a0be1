"""The only module that imports LanceDB: its API, its connections, its event loop and its errors."""

import asyncio
import platform
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from errno import EDQUOT, EMFILE, ENFILE, ENOSPC, EROFS
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings

from search.errors import IndexDamaged, IndexUnavailable, StoreUnavailable

INDEX_CACHE = 256 << 20  # bytes; the defaults are 6 GiB and 1 GiB per process
METADATA_CACHE = 128 << 20
MAX_HANDLES = 64
# Errors of the operating system that say nothing about one table: too many open files, a full or read-only disk.
STORE_ERRORS = tuple(f"os error {number})" for number in (EMFILE, ENFILE, ENOSPC, EDQUOT, EROFS))

Result = TypeVar("Result")


@contextmanager
def translate_errors(lance_name: str | None = None) -> Iterator[None]:
    """Raise one of the index's errors for LanceDB's errors. Most are RuntimeErrors that differ only in text.

    `lance_name` is the table in use, which the error then names.
    """
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        translated = _error_class(str(error).lower())()
        translated.lance_name = lance_name
        raise translated from error
    except IndexUnavailable as error:
        error.lance_name = error.lance_name or lance_name
        raise


def _error_class(text: str) -> type[IndexUnavailable]:
    if any(store_error in text for store_error in STORE_ERRORS):
        return StoreUnavailable
    return IndexDamaged if "not found" in text or "does not exist" in text else IndexUnavailable


def warm_up() -> None:
    """Import LanceDB in the background. Otherwise the first search of a process waits a second for it."""
    threading.Thread(target=_import_lancedb, name="import-lancedb", daemon=True).start()


def _import_lancedb() -> None:
    with suppress(IndexUnavailable):
        lancedb_api()


@dataclass(frozen=True)
class LanceDBApi:
    """The names of LanceDB that this app uses."""

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
def lancedb_api() -> LanceDBApi:
    """LanceDB, imported with the first search: it takes 78 MB and a second (docs/decisions/0027).

    On a processor without AVX2 the import alone kills the process (SIGILL). Raises IndexUnavailable there.
    """
    if not has_avx2():
        raise IndexUnavailable
    import lancedb
    from lancedb.expr import col, lit
    from lancedb.index import FTS, Bitmap, BTree, IvfRq
    from lancedb.query import MatchQuery

    return LanceDBApi(
        lancedb.connect, lancedb.connect_async, lancedb.Session, col, lit, MatchQuery, FTS, Bitmap, BTree, IvfRq
    )


def owned_by(owner_id: UUID) -> Any:
    """The condition that a row belongs to this owner."""
    api = lancedb_api()
    return api.col("owner_id").eq(api.lit(str(owner_id)))


def has_avx2(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    if platform.machine() not in ("x86_64", "AMD64") or not cpuinfo.exists():
        return True
    return " avx2" in cpuinfo.read_text()


@cache
def _session() -> Any:
    return lancedb_api().Session(INDEX_CACHE, METADATA_CACHE)


@cache
def connection(uri: str) -> Any:
    with translate_errors():
        return lancedb_api().connect(uri, **_options(_session()))


def uncached_connection(uri: str) -> Any:
    """A connection that reads every file again: what a cache still holds may be damaged on disk."""
    with translate_errors():
        return lancedb_api().connect(uri, **_options(lancedb_api().Session(INDEX_CACHE, METADATA_CACHE)))


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Wait for a coroutine of LanceDB's asynchronous API, which all searches use.

    The synchronous API crosses between threads six times a search: 2.5 ms instead of 1.5.
    """
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()


async def reader(name: str) -> Any:
    """A handle for reading, kept between searches. It always reads the newest version."""
    key = (settings.LANCEDB_URI, name)
    if key not in _readers:
        while len(_readers) >= MAX_HANDLES:
            _readers.pop(next(iter(_readers)))
        _readers[key] = await (await _async_connection(settings.LANCEDB_URI)).open_table(name)
    return _readers[key]


_readers: dict[tuple[str, str], Any] = {}
_async_connections: dict[str, Any] = {}


async def _async_connection(uri: str) -> Any:
    if uri not in _async_connections:
        _async_connections[uri] = await lancedb_api().connect_async(uri, **_options(_session()))
    return _async_connections[uri]


def _options(session: Any) -> dict[str, Any]:
    # With interval zero a handle sees what other processes write. By default it stays at one version.
    return {
        "session": session,
        "read_consistency_interval": timedelta(0),
        "storage_options": settings.LANCEDB_STORAGE_OPTIONS or None,
    }


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="search-lance", daemon=True).start()
    return loop
