"""Keyword search in PostgreSQL while the index is unavailable: slower and less exact, but an answer."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from base.text import storable
from search.filters import Filter, InvalidFilter, matches
from search.index.lance_table import Match
from search.registry import Document, Entity

MAX_WORDS = 10
MAX_ENTITIES = 200  # the newest


def search_database(
    entity: Entity, *, owner_id: UUID, query: str, filters: Sequence[Filter], limit: int
) -> list[Match]:
    """The owner's newest entities with any of the words; `score` is the share of the words that an entity has."""
    words = [word.casefold() for word in storable(query).split()[:MAX_WORDS]]
    if not words or not entity.text_fields:
        return []
    has_a_word = reduce(or_, (Q(**{f"{name}__icontains": word}) for name in entity.text_fields for word in words))
    rows = entity.model._default_manager.filter(has_a_word, **{entity.owner_field: owner_id}).order_by("-pk")
    documents = entity.documents(list(rows.values_list("pk", flat=True)[:MAX_ENTITIES]))
    results = [_match(document, words) for document in documents if _passes(entity, document, filters)]
    return sorted(results, key=lambda match: -match.score)[:limit]


def _match(document: Document, words: Sequence[str]) -> Match:
    text = document.text.casefold()
    found = tuple(word for word in words if word in text)
    return Match(document.entity_id, document.text, len(found) / len(words), words=found)


def _passes(entity: Entity, document: Document, filters: Sequence[Filter]) -> bool:
    try:
        return all(matches(condition, entity.columns, document.columns) for condition in filters)
    except InvalidFilter:
        return False
