"""What replies are given of this app: cards, which fade by the user's review settings, and the mastery of skills."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from base.html.plain_text import plain_text
from chat.replies.context import Piece, PieceKind
from chat.replies.context_sources import ContextSource, Question, SourceRow, find_rows, register
from chat.replies.prompts import ContextExtract
from chat.subjects.prompting import Recall
from chat.subjects.prompting import register as register_recall
from flashcards.models import STUDIED_STATUSES, Card, CardKind
from goals.models import Goal
from quiz.mastery.queries import mastery_of_goal
from quiz.scheduling.fading import fading_cards
from search.filters import Filter

MAX_CARDS, MAX_HITS = 3, 10
MAX_SIDE_LENGTH, MAX_TITLE_LENGTH = 600, 80  # characters
# The least score of a card that is given. With the built-in model and `bench/learners`, where each exchange was a card,
# 82 % of the questions without an answer and 94 % of those of other learners got none, and 54 % of the answerable ones
# got the card of the very exchange that answers them.
MIN_SCORE = 0.25


def find_cards(question: Question) -> list[Piece]:
    """The cards about the question, one of each note."""
    at = timezone.now()
    studied = Card.objects.filter(owner_id=question.owner_id).studied(at)
    if not studied.exists():
        return []
    hits = find_rows(
        table="flashcards",
        question=question,
        at_least=MIN_SCORE,
        limit=MAX_HITS,
        filters=[Filter("status", "in", [status.value for status in STUDIED_STATUSES])],
    )
    found = studied.with_goal_retention().in_bulk(list(hits))
    cards = _one_of_each_note(found[pk] for pk in hits if pk in found)[:MAX_CARDS]
    fading = fading_cards(cards, at=at)
    return [_piece(card, hits[card.pk].score, fading=card in fading, at=at) for card in cards]


def _one_of_each_note(cards: Iterable[Card]) -> list[Card]:
    notes: dict[UUID, Card] = {}
    for card in cards:
        notes.setdefault(card.note_id, card)
    return list(notes.values())


def _piece(card: Card, score: float, *, fading: bool, at: datetime) -> Piece:
    front, back = (_cut(side, MAX_SIDE_LENGTH) for side in (card.sides.front, card.sides.back))
    recall = card.retrievability(at)
    if recall is None:
        title, reason = "Flashcard, new", _("One of your new cards")
    elif fading:
        title = f"Flashcard, learned {card.created_at:%Y-%m-%d}, recall now {recall:.0%}, fading"
        reason = _("You learned this on {day}; recall now {percent}%").format(
            day=_day(card.created_at, at), percent=round(100 * recall)
        )
    else:
        title = f"Flashcard, recall now {recall:.0%}"
        reason = _("One of your cards; recall now {percent}%").format(percent=round(100 * recall))
    # The back of a cloze card has the front in it.
    text = back if card.kind == CardKind.CLOZE else f"Question: {front}\nAnswer: {back}"
    extract = ContextExtract(title, text, fading=fading)
    return Piece(PieceKind.CARD, card, extract, plain_text(back), reason, score, title=_title(card))


def _title(card: Card) -> str:
    return _cut(" ".join(plain_text(card.sides.front).split()), MAX_TITLE_LENGTH)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} …"


def _day(day: datetime, at: datetime) -> str:
    return date_format(timezone.localtime(day), "MONTH_DAY_FORMAT" if day.year == at.year else "DATE_FORMAT")


def card_rows(owner_ids: Collection[UUID], ids: Collection[UUID]) -> Mapping[UUID, SourceRow]:
    found = Card.objects.in_deck().filter(owner_id__in=owner_ids).with_goal_retention().in_bulk(list(ids))
    fading = fading_cards(found.values(), at=timezone.now())
    return {
        pk: SourceRow(_title(card), reverse("flashcards:card-edit", args=[pk]), card.created_at, fading=card in fading)
        for pk, card in found.items()
    }


def recall_of_skills(goal: Goal, at: datetime) -> Mapping[UUID, Recall]:
    skills = mastery_of_goal(goal=goal, at=at).skills
    return {pk: Recall(tally.mastery, tally.fading) for pk, tally in skills.items()}


register(ContextSource(PieceKind.CARD, find_cards, card_rows))
register_recall(recall_of_skills)
