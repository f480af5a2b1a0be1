"""The questions of a test: five cards of the skill, each of another note."""

from hashlib import sha256
from uuid import UUID

from django.db.models import Q

from flashcards.models import STUDIED_STATUSES, Card, CardStatus
from goals.models import SkillNode
from quiz.models import SkillTest

QUESTIONS, PASS_MARK = 5, 4


def draw_questions(*, skill: SkillNode, test_id: UUID) -> list[UUID]:
    """Up to `QUESTIONS` cards of the skill and of those below it, drawn at random by the id of the test.

    Drafts only make up for cards that are missing in the deck.
    """
    usable = Q(status__in=STUDIED_STATUSES) | Q(status=CardStatus.DRAFT)
    cards = Card.objects.filter(usable, owner_id=skill.owner_id).alive().of_skill(skill.pk)
    rows = cards.values_list("status", "pk", "note_id")
    notes: dict[UUID, UUID] = {}
    for _, card_id, note_id in sorted(rows, key=lambda row: (row[0] == CardStatus.DRAFT, _draw(test_id, row[1]))):
        notes.setdefault(note_id, card_id)
    return list(notes.values())[:QUESTIONS]


def question_of(test: SkillTest) -> Card | None:
    """The card to ask now in an open test; None if it was deleted since the test began."""
    return test.owner.cards.alive().filter(pk=test.cards[len(test.answers)]).first()


def _draw(test_id: UUID, card_id: UUID) -> bytes:
    return sha256(test_id.bytes + card_id.bytes).digest()
