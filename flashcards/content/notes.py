"""Turns what a user or a model wrote into the cards of one note. Nothing here is saved."""

from collections.abc import Iterable

from base.text import storable
from flashcards.content.fingerprint import fingerprint, normalize
from flashcards.content.sides import ordinals
from flashcards.errors import CardTooLong, EmptySide, NoGap, SidesEqual
from flashcards.models import MAX_SIDE_LENGTH, MAX_TAG_LENGTH, MAX_TAGS, Card, CardKind


def checked_sides(kind: str, question: str, answer: str) -> tuple[str, str]:
    """Question and answer, storable and stripped. Raises EmptySide, NoGap, SidesEqual or CardTooLong."""
    question, answer = (storable(side).strip() for side in (question, answer))
    if max(len(question), len(answer)) > MAX_SIDE_LENGTH:
        raise CardTooLong
    if not question or not (answer or kind == CardKind.CLOZE):
        raise EmptySide
    if kind == CardKind.CLOZE and not ordinals(kind=kind, question=question):
        raise NoGap
    if kind == CardKind.REVERSE and normalize(question) == normalize(answer):
        raise SidesEqual
    return question, answer


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags without repetition, in the order given, with dashes for spaces, cut to the maximum length and number."""
    cleaned = ("-".join(storable(tag).split())[:MAX_TAG_LENGTH] for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))[:MAX_TAGS]


def cards_of(note: Card) -> list[Card]:
    """All cards of this note, unsaved. The first one is `note` itself."""
    first, *others = ordinals(kind=note.kind, question=note.question)
    return [set_ordinal(note, first), *(sibling(note, ordinal) for ordinal in others)]


def set_ordinal(card: Card, ordinal: int) -> Card:
    """Make it the `ordinal`-th card of its note and compute its fingerprint."""
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
        skill_id=note.skill_id,
        generation_id=note.generation_id,
    )
    return set_ordinal(card, ordinal)
