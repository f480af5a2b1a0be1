"""What a skill has that its user would miss: cards, reviews of them, and conversations."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count
from django.utils.translation import ngettext

from chat.models import Conversation
from flashcards.models import Card
from goals.trees.use import Use, register
from quiz.models import Review


def _cards(skills: Collection[UUID]) -> dict[UUID, int]:
    rows = Card.objects.alive().filter(skill__in=skills).values("skill_id").annotate(number=Count("pk"))
    return dict(rows.values_list("skill_id", "number"))


def _reviews(skills: Collection[UUID]) -> dict[UUID, int]:
    rows = Review.objects.filter(card__skill__in=skills).values("card__skill_id").annotate(number=Count("pk"))
    return dict(rows.values_list("card__skill_id", "number"))


def _conversations(skills: Collection[UUID]) -> dict[UUID, int]:
    rows = Conversation.objects.alive().filter(skill__in=skills).values("skill_id").annotate(number=Count("pk"))
    return dict(rows.values_list("skill_id", "number"))


register(
    Use(_cards, lambda number: ngettext("%d card", "%d cards", number) % number),
    Use(_reviews, lambda number: ngettext("%d review", "%d reviews", number) % number),
    Use(_conversations, lambda number: ngettext("%d chat", "%d chats", number) % number),
)
