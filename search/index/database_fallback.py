"""Words in PostgreSQL, for the time that the index is away: slower and cruder, but an answer."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from search.filters import Filter, InvalidFilter, matches
from search.index.arrow import storable
from search.index.lance_table import Found
from search.registry import Document, Entity

MOST_WORDS = 10
MOST_READ = 200  # entities, newest first


def words_in_database(
    entity: Entity, *, owner_id: UUID, query: str, filters: Sequence[Filter], limit: int
) -> list[Found]:
    """The owner's newest entities that hold any of the words; `score` is the share of the words that they hold."""
    words = [word.casefold() for word in storable(query).split()[:MOST_WORDS]]
    if not words or not entity.words_in:
        return []
    holds_one = reduce(or_, (Q(**{f"{name}__icontains": word}) for name in entity.words_in for word in words))
    rows = entity.model._default_manager.filter(holds_one, **{entity.owner_field: owner_id}).order_by("-pk")
    documents = entity.documents(list(rows.values_list("pk", flat=True)[:MOST_READ]))
    found = [_found(document, words) for document in documents if _meets_all(entity, document, filters)]
    return sorted(found, key=lambda hit: -hit.score)[:limit]


def _found(document: Document, words: Sequence[str]) -> Found:
    text = document.text.casefold()
    return Found(document.entity_id, document.text, sum(word in text for word in words) / len(words))


def _meets_all(entity: Entity, document: Document, filters: Sequence[Filter]) -> bool:
    try:
        return all(matches(condition, entity.columns, document.columns) for condition in filters)
    except InvalidFilter:
        return False
