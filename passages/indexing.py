"""How remembered passages are indexed for search. Each stands alone: passages have no neighbors."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from passages.models import RememberedPassage
from search.registry import Column, Document, Entity, register

COLUMNS = (Column("created_at", "time"),)


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for passage in RememberedPassage.objects.alive().filter(pk__in=ids):
        yield Document(passage.pk, passage.owner_id, passage.text, {"created_at": passage.created_at})


PASSAGES = Entity("passages", RememberedPassage, COLUMNS, documents, text_fields=("text",))

register(PASSAGES)
