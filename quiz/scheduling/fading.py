"""Which cards a user is forgetting now."""

from collections.abc import Iterable
from datetime import datetime

from flashcards.models import STUDIED_STATUSES, Card, CardState
from quiz.models import ReviewSettings


def fading_cards(cards: Iterable[Card], *, at: datetime) -> set[Card]:
    """Those of these cards that are due, or whose recall is below the desired retention of their goal or owner.

    A new card is not fading.
    """
    seen = [card for card in cards if card.state != CardState.NEW and card.status in STUDIED_STATUSES]
    owners = {card.owner_id for card in seen}
    settings = ReviewSettings.objects.filter(owner__in=owners).values_list("owner_id", "desired_retention")
    desired = dict.fromkeys(owners, ReviewSettings().desired_retention) | dict(settings)
    return {
        card for card in seen if is_fading(card, desired_retention=card.goal_retention or desired[card.owner_id], at=at)
    }


def is_fading(card: Card, *, desired_retention: float, at: datetime) -> bool:
    recall = card.retrievability(at)
    return card.due <= at or (recall is not None and recall < desired_retention)
