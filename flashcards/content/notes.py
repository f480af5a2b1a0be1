"""From what a person or a model wrote to the cards of one note; nothing here is saved."""

import re
from collections.abc import Iterable

from flashcards.content.faces import ordinals
from flashcards.content.fingerprint import fingerprint, normalise
from flashcards.errors import CardTooLong, EmptySide, NoGap, SidesEqual
from flashcards.models import LONGEST_SIDE, LONGEST_TAG, MOST_TAGS, Card, CardKind

# PostgreSQL keeps no NUL, and half of a surrogate pair is no text.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with what can't be stored replaced."""
    return _UNSTORABLE.sub("\ufffd", text)


def checked_sides(kind: str, question: str, answer: str) -> tuple[str, str]:
    """Both sides without blanks at their ends; `EmptySide`, `NoGap`, `SidesEqual` or `CardTooLong`."""
    question, answer = (printable(side).strip() for side in (question, answer))
    if max(len(question), len(answer)) > LONGEST_SIDE:
        raise CardTooLong
    if not question or not (answer or kind == CardKind.CLOZE):
        raise EmptySide
    if kind == CardKind.CLOZE and not ordinals(kind=kind, question=question):
        raise NoGap
    if kind == CardKind.REVERSE and normalise(question) == normalise(answer):
        raise SidesEqual
    return question, answer


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each tag once, in the order given, with its blanks as dashes; at most as many as a card can have."""
    words = ("-".join(_UNSTORABLE.sub("", tag).split())[:LONGEST_TAG] for tag in tags)
    return list(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def cards_of(note: Card) -> list[Card]:
    """The unsaved cards that this note has by its text; the first is `note` itself."""
    first, *others = ordinals(kind=note.kind, question=note.question)
    return [stamp(note, first), *(sibling(note, ordinal) for ordinal in others)]


def stamp(card: Card, ordinal: int) -> Card:
    """Make it the `ordinal`-th card of its note, with the fingerprint of what it says now."""
    card.ordinal = ordinal
    card.fingerprint = fingerprint(kind=card.kind, ordinal=ordinal, question=card.question, answer=card.answer)
    return card


def sibling(note: Card, ordinal: int) -> Card:
    """A new, unsaved card of the same note."""
    card = Card(
        owner_id=note.owner_id,
        note_id=note.note_id,
        kind=note.kind,
        question=note.question,
        answer=note.answer,
        tags=list(note.tags),
        message_id=note.message_id,
        generation_id=note.generation_id,
    )
    return stamp(card, ordinal)
