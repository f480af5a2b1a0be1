"""Keeps the arrays of the owners who searched last, and reads only what has changed since.

A process that has written nothing itself sees what others have written, because each search asks for the version of the
table. A new version is mostly the work of other owners: then the marks of this owner's rows are the same.
"""

import threading
from collections import OrderedDict
from typing import Any
from uuid import UUID

from django.conf import settings

from search.arrays import np, pc
from search.index.arrow import TableSchema
from search.index.lancedb_client import lancedb_api
from search.index.owner_rows import OwnerRows, merged, read_marks, read_rows
from search.registry import Neighbors

MAX_KEPT = 64 << 20  # bytes in one process; 5,000 rows of 256 dimensions take 6 MB
MAX_CHANGED = 500  # rows; when more have changed, all are read


class KeptRows:
    """The rows of the owners who searched last, at most `MAX_KEPT` bytes of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, UUID], tuple[int, OwnerRows]] = OrderedDict()

    def get(self, name: str, owner_id: UUID) -> tuple[int, OwnerRows] | None:
        """The version of the table that was read, and its rows of this owner."""
        key = (settings.LANCEDB_URI, name, owner_id)
        with self._lock:
            kept = self._kept.get(key)
            if kept:
                self._kept.move_to_end(key)
            return kept

    def put(self, name: str, owner_id: UUID, version: int, rows: OwnerRows) -> None:
        with self._lock:
            self._kept[settings.LANCEDB_URI, name, owner_id] = version, rows
            while sum(kept.size for _version, kept in self._kept.values()) > MAX_KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


kept_rows = KeptRows()


async def refreshed(
    kept: OwnerRows, handle: Any, owner_id: UUID, schema: TableSchema, neighbors: Neighbors | None
) -> OwnerRows | None:
    """The owner's rows as they are now, of which only those are read that differ from `kept`. None if too many do."""
    marks = await read_marks(handle, owner_id)
    places = pc.index_in(marks["id"], value_set=kept.table["id"].combine_chunks())
    found = np.flatnonzero(places.is_valid().to_numpy())
    before = places.drop_null().to_numpy()
    same = np.ones(len(found), dtype=bool)
    for mark in ("rev", "embedded"):
        same &= marks[mark].to_numpy()[found] == kept.table[mark].to_numpy()[before]
    changed = np.setdiff1d(np.arange(marks.num_rows), found[same])
    if not len(changed) and marks.num_rows == kept.rows.count:
        return kept
    if len(changed) > MAX_CHANGED:
        return None
    ids = marks["id"].take(changed).to_pylist()
    added = await read_rows(handle, owner_id, schema, neighbors, where=lancedb_api().col("id").isin(ids))
    return merged(kept, np.sort(before[same]), added, neighbors)
