"""The search index of cards: the cards of the deck, with their schedule as columns."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flashcards.content import cloze
from flashcards.models import Card, CardKind
from search.registry import Column, Document, Entity, register

COLUMNS = (
    Column("status", "text"),
    Column("state", "text"),
    Column("due", "time"),
    Column("stability", "float"),
    Column("difficulty", "float"),
    Column("reps", "int"),
    Column("lapses", "int"),
    Column("message_id", "uuid"),
    Column("created_at", "time"),
)


def text_of(card: Card) -> str:
    """The indexed text. The same for all cards of a note, and not changed by a review, so its vector is reused."""
    question = cloze.strip_markup(card.question) if card.kind == CardKind.CLOZE else card.question
    return f"{question}\n{card.answer}".strip()


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for card in Card.objects.in_deck().filter(pk__in=ids):
        columns = {column.name: getattr(card, column.name) for column in COLUMNS}
        yield Document(card.pk, card.owner_id, text_of(card), columns)


ENTITY = Entity("flashcards", Card, COLUMNS, documents, text_fields=("question", "answer"))

register(ENTITY)
