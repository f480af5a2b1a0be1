"""The goal that a card is learned for."""

from uuid import UUID

from django.db.models import QuerySet

from base.sql.prepared import PreparedQuery
from flashcards.models import Card
from goals.models import Goal, TreeStatus


def _goal_of_skill(owner_id: UUID, skill_id: UUID) -> "QuerySet[Goal]":
    return Goal.objects.alive().filter(
        owner_id=owner_id, trees__status=TreeStatus.ACCEPTED, trees__nodes=skill_id, trees__nodes__deleted_at=None
    )


_GOAL = PreparedQuery(_goal_of_skill, owner_id=UUID, skill_id=UUID)


def goal_of(card: Card) -> Goal | None:
    """The goal whose accepted tree has the card's skill. It takes no query for a card without a skill."""
    if card.skill_id is None:
        return None
    return _GOAL.first(owner_id=card.owner_id, skill_id=card.skill_id)
