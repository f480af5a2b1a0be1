"""One search over several kinds: each is ranked for itself, and the results are joined by their scores."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import User
from search.filters import Filter
from search.kinds import Kind, kinds_named
from search.queries import FindResult, Hit, Mode, find, find_in_database, typed_text
from search.snippets import Marker

MAX_COUNTED = 100  # results of a kind that are counted, and that can be shown


@dataclass(frozen=True)
class SearchResult:
    """A row that matches. `score` is between 0 and 1, `text` is the part of the indexed text that matches best."""

    kind: Kind
    row: Any
    score: float
    text: str
    marker: Marker

    @cached_property
    def highlight(self) -> SafeString:
        """Safe HTML: an excerpt with the words of the query marked, and code in `<code>`."""
        return self.marker.snippet(self.text)


@dataclass(frozen=True)
class SearchResults:
    """Best first. `counts` has how many results each kind has, at most `MAX_COUNTED`, also of kinds not shown.

    `weaker` is how many results are left out because they are hardly about the query. `notice` says what this search
    could not do.
    """

    items: Sequence[SearchResult] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    weaker: int = 0
    notice: str | None = None


@dataclass(frozen=True)
class _Found:
    """The hits of one kind that the owner may see, best first."""

    kind: Kind
    hits: Sequence[Hit]
    found: FindResult

    @property
    def strong(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.score >= self.found.weak_below]


def search(
    *,
    owner: User,
    query: str,
    kinds: Collection[str] = (),
    shown: Collection[str] = (),
    mode: Mode = Mode.HYBRID,
    filters: Sequence[Filter] = (),
    limit: int = 20,
    weak: bool = False,
) -> SearchResults:
    """What the owner has about the query, of these kinds; of all kinds if none is named.

    Only the kinds in `shown` are among the items, the others are counted. Scores are absolute, so those of two kinds
    mean the same (docs/decisions/0030). Weak results are left out unless `weak`. Raises Invalid for an unknown kind.
    """
    found = [_find(kind, owner, query, mode, filters) for kind in kinds_named(kinds)]
    kept = {one.kind.name: one.hits if weak else one.strong for one in found}
    listed = [one for one in found if one.kind.name in shown or not shown]
    ranked = sorted(((hit, one.kind) for one in listed for hit in kept[one.kind.name]), key=lambda pair: -pair[0].score)
    return SearchResults(
        items=_results(owner, ranked[:limit], Marker.of(typed_text(query))),
        counts={name: len(hits) for name, hits in kept.items()},
        weaker=sum(len(one.hits) for one in listed) - len(ranked),
        notice=next((one.found.notice for one in found if one.found.notice), None),
    )


def _find(kind: Kind, owner: User, query: str, mode: Mode, filters: Sequence[Filter]) -> _Found:
    filters = [*filters, *kind.filters(owner)]
    found = find(owner_id=owner.pk, table=kind.table, query=query, mode=mode, filters=filters, limit=MAX_COUNTED)
    if found.notice and not found.hits:
        found = find_in_database(
            owner_id=owner.pk, table=kind.table, query=query, filters=filters, limit=MAX_COUNTED, notice=found.notice
        )
    # The index may still have rows that are deleted.
    visible = set(kind.rows(owner).filter(pk__in=[hit.entity_id for hit in found.hits]).values_list("pk", flat=True))
    return _Found(kind, [hit for hit in found.hits if hit.entity_id in visible], found)


def _results(owner: User, ranked: Sequence[tuple[Hit, Kind]], marker: Marker) -> list[SearchResult]:
    ids: dict[Kind, list[UUID]] = defaultdict(list)
    for hit, kind in ranked:
        ids[kind].append(hit.entity_id)
    rows = {kind: kind.rows(owner).in_bulk(found) for kind, found in ids.items()}
    return [
        SearchResult(kind, rows[kind][hit.entity_id], hit.score, hit.text, marker)
        for hit, kind in ranked
        if hit.entity_id in rows[kind]
    ]
