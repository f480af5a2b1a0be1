"""The search index of cards: the cards of the deck, with their schedule as columns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from base.html.plain_text import plain_text
from flashcards.content import cloze
from flashcards.models import Card, CardKind
from search.registry import Column, Document, Entity, add_column, register
from search.services import mark_changed

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
# The conversation of the message that the card was made from, so that a search in one finds its cards.
CONVERSATION = Column("conversation_id", "uuid")


def text_of(card: Card) -> str:
    """The indexed text. The same for all cards of a note, and not changed by a review, so its vector is reused."""
    question = cloze.strip_markup(card.question) if card.kind == CardKind.CLOZE else card.question
    return f"{plain_text(question)}\n{plain_text(card.answer)}".strip()


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    cards = Card.objects.in_deck().filter(pk__in=ids).select_related("message").defer("message__content")
    for card in cards:
        columns = {column.name: getattr(card, column.name) for column in COLUMNS}
        conversation_id = card.message.conversation_id if card.message else None
        yield Document(card.pk, card.owner_id, text_of(card), {**columns, CONVERSATION.name: conversation_id})


ENTITY = Entity("flashcards", Card, (*COLUMNS, CONVERSATION), documents, text_fields=("question", "answer"))

register(ENTITY)


def has_cards(message_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Of each message, whether the deck has a card made from it. A draft does not count."""
    found = set(Card.objects.in_deck().filter(message__in=message_ids).values_list("message_id", flat=True))
    return {message_id: message_id in found for message_id in message_ids}


add_column(table="messages", column=Column("has_cards", "bool"), values=has_cards)


def mark_sources(cards: Iterable[Card]) -> None:
    """Note that the messages of these cards may have got their first card, or lost their last one.

    In the caller's transaction. All services call it that change which cards of a message are in the deck.
    """
    by_owner: dict[UUID, set[UUID]] = defaultdict(set)
    for card in cards:
        if card.message_id:
            by_owner[card.owner_id].add(card.message_id)
    for owner_id, message_ids in by_owner.items():
        mark_changed(table="messages", owner_id=owner_id, entity_ids=sorted(message_ids))
