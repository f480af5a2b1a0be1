from collections.abc import Iterator, Sequence
from uuid import UUID

from search.registry import Document, Entity, register
from tests.notebook.models import Note


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for note in Note.objects.filter(pk__in=ids):
        yield Document(note.pk, note.owner_id, note.text, {})


register(Entity("notes", Note, (), documents, text_fields=("text",)))
