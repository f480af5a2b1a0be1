"""Reads for the pages of study."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from accounts.models import User
from flashcards.models import CardState
from quiz.scheduling.due import DueToday
from quiz.scheduling.queues import cards_in
from quiz.scheduling.review_context import review_context
from quiz.scheduling.scope import StudyScope


@dataclass(frozen=True)
class WhatNext:
    """What a user can do when nothing is due in a scope. `ahead`: cards that can be studied ahead now."""

    has_cards: bool
    ahead: int
    next_due: datetime | None


def what_next(*, owner: User, scope: StudyScope, at: datetime) -> WhatNext:
    cards = cards_in(scope, owner).studied(at)
    next_due = cards.exclude(state=CardState.NEW).filter(due__gt=at).aggregate(due=Min("due"))["due"]
    ahead = DueToday.of(owner, review_context(owner), at, scope.studied_ahead()).counts.total
    return WhatNext(has_cards=cards.exists(), ahead=ahead, next_due=next_due)
