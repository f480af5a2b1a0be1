"""In how many of an owner's rows each word occurs, for owners with too many rows to rank all of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from search.arrays import Array, np, pa, pc
from search.index.lancedb_client import lancedb_api, owned_by
from search.ranking.words import codes as word_codes

MAX_COUNTED = 100_000  # rows, in about half a second
DIGITS = "0123456789abcdef"


@dataclass(frozen=True)
class WordCounts:
    """`found` says for each of the `codes`, which are sorted, in how many of the `rows` it occurs.

    `mean_length` is that of a row, in words.
    """

    rows: int
    codes: Array
    found: Array
    mean_length: float

    def count(self, code: int) -> int:
        place = int(np.searchsorted(self.codes, code))
        return int(self.found[place]) if place < len(self.codes) and self.codes[place] == code else 0


async def count_words(handle: Any, owner_id: UUID, rows: int) -> WordCounts:
    """Counted in all `rows` of the owner, or in about `MAX_COUNTED` of them, chosen by chance."""
    counted = lengths = 0
    codes, found = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    # A table from before an upgrade has no words until it has been rebuilt.
    column = "words" if "words" in (await handle.schema()).names else "text"
    async for batch in await handle.query().where(_some_of(owner_id, rows)).select([column]).to_batches():
        words = batch.column(column) if column == "words" else _words_of(batch.column(column))
        counted, lengths = counted + len(words), lengths + len(words.flatten())
        codes_of_batch, found_in_batch = _rows_with_each(words)
        codes.append(codes_of_batch)
        found.append(found_in_batch)
    unique, places = np.unique(np.concatenate(codes), return_inverse=True)
    totals = np.bincount(places, weights=np.concatenate(found), minlength=len(unique))
    return WordCounts(counted, unique, totals, lengths / max(counted, 1))


def _words_of(texts: Any) -> Any:
    return pa.array([word_codes(text) for text in texts.to_pylist()], pa.list_(pa.uint32()))


def _rows_with_each(words: Any) -> tuple[Array, Array]:
    """The words of some rows, and in how many of these rows each occurs. A row may have a word several times."""
    row = pc.list_parent_indices(words).to_numpy().astype(np.uint64)
    in_rows = np.unique((row << np.uint64(32)) | words.flatten().to_numpy())
    codes, found = np.unique(in_rows & np.uint64(0xFFFFFFFF), return_counts=True)
    return codes.astype(np.uint32), found


def _some_of(owner_id: UUID, rows: int) -> Any:
    # The last digits of a UUID are random. In the id of a row, "#" follows them.
    digits = DIGITS[: max(len(DIGITS) * MAX_COUNTED // max(rows, 1), 1)]
    if len(digits) == len(DIGITS):
        return owned_by(owner_id)
    id_column = lancedb_api().col("id")
    ends = id_column.contains(f"{digits[0]}#")
    for digit in digits[1:]:
        ends = ends | id_column.contains(f"{digit}#")
    return owned_by(owner_id) & ends
