"""What the index holds of cards: those in the deck, with their schedule beside their text."""

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
    """What is searched: the same for all cards of a note, and untouched by a review, so that its vector is kept."""
    question = cloze.plain(card.question) if card.kind == CardKind.CLOZE else card.question
    return f"{question}\n{card.answer}".strip()


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for card in Card.objects.in_deck().filter(pk__in=ids):
        columns = {column.name: getattr(card, column.name) for column in COLUMNS}
        yield Document(card.pk, card.owner_id, text_of(card), columns)


ENTITY = Entity("flashcards", Card, COLUMNS, documents, words_in=("question", "answer"))

register(ENTITY)
