"""Searches of memories by words, by meaning and by what filters ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import User
from memories.indexing import MEMORIES, text_of
from memories.models import Memory
from memories.search.filters import MemoryFilters
from search.queries import FindResult, Hit, Mode, find, typed_text, words
from search.snippets import Marker

MAX_RESULTS = 100
# How many results of the index are read before `where` is applied to them. Most conditions leave enough of them.
MAX_HITS = 100


@dataclass(frozen=True)
class FoundMemory:
    """A memory that matches. `score` is between 0 and 1, `text` is the part of the indexed text that matches best.

    Why it matches: `words` are those of the query that the text has, and `meaning` says that its meaning is near.
    """

    memory: Memory
    score: float
    text: str
    words: Sequence[str]
    meaning: bool
    marker: Marker

    @cached_property
    def highlight(self) -> SafeString:
        """Safe HTML: an excerpt with the words of the query marked."""
        return self.marker.snippet(self.text)


@dataclass(frozen=True)
class MemoryResults:
    """Best first. `notice` says what this search could not do."""

    items: list[FoundMemory] = field(default_factory=list)
    notice: str | None = None


def find_memories(
    *, owner: User, query: str, filters: MemoryFilters, mode: Mode = Mode.HYBRID, limit: int = 20
) -> MemoryResults:
    """The owner's memories about the query, best first; without words in it, all that pass the filters, newest first.

    Up to `limit` memories, `MAX_RESULTS` at most, however few of those about the query pass the filters.
    """
    limit = min(limit, MAX_RESULTS)
    if not words(query):
        return MemoryResults(_newest(owner, filters, limit))
    found = _find(owner, query, filters, mode, limit)
    rows = _rows(owner, filters, found)
    if filters.where and len(rows) < min(limit, len(found.hits)):
        within = list(filters.rows(owner).values_list("pk", flat=True))
        found = _find(owner, query, filters, mode, limit, within)
        rows = _rows(owner, filters, found)
    marker = Marker.of(typed_text(query))
    hits = [hit for hit in found.hits if hit.entity_id in rows]
    return MemoryResults([_found(rows[hit.entity_id], hit, marker) for hit in hits[:limit]], found.notice)


def _find(
    owner: User, query: str, filters: MemoryFilters, mode: Mode, limit: int, within: Sequence[UUID] | None = None
) -> FindResult:
    return find(
        owner_id=owner.pk,
        table=MEMORIES.table,
        query=query,
        mode=mode,
        filters=filters.for_index(owner),
        limit=MAX_HITS if filters.where and within is None else limit,
        within=within,
    )


def _rows(owner: User, filters: MemoryFilters, found: FindResult) -> dict[UUID, Memory]:
    """The rows of the hits as PostgreSQL has them now: the index may be behind, and `where` is not in it."""
    rows = filters.rows(owner).select_related("project")
    return {memory.pk: memory for memory in rows.filter(pk__in=[hit.entity_id for hit in found.hits])}


def _found(memory: Memory, hit: Hit, marker: Marker) -> FoundMemory:
    return FoundMemory(memory, hit.score, hit.text, hit.words, hit.is_close, marker)


def _newest(owner: User, filters: MemoryFilters, limit: int) -> list[FoundMemory]:
    memories = filters.rows(owner).select_related("project").newest_first()[:limit]
    marker = Marker.of("")
    return [FoundMemory(memory, 1.0, text_of(memory), (), False, marker) for memory in memories]
