"""Translates a user's settings and cards for the scheduler, which knows only plain values."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import User
from base.sql.prepared import PreparedQuery
from flashcards.models import Card
from quiz.models import ReviewSettings
from quiz.scheduling.calendar import Calendar
from quiz.scheduling.fsrs_scheduler import (
    DEFAULT_WEIGHTS,
    ScheduledReview,
    SchedulerSettings,
    SchedulingState,
    previews,
    schedule,
)


@dataclass(frozen=True)
class ReviewContext:
    """What the reviews of one user depend on, read once per request."""

    settings: ReviewSettings
    scheduler: SchedulerSettings
    calendar: Calendar

    def schedule(self, card: Card, rating: int, at: datetime) -> ScheduledReview:
        """The effect of this rating at `at`."""
        settings, elapsed_days = self.scheduler_of(card), self.elapsed_days(card, at)
        return schedule(scheduling_state(card), rating, settings=settings, elapsed_days=elapsed_days, at=at)

    def previews(self, card: Card, at: datetime) -> list[ScheduledReview]:
        """The effect of each of the four ratings."""
        settings, elapsed_days = self.scheduler_of(card), self.elapsed_days(card, at)
        return previews(scheduling_state(card), settings=settings, elapsed_days=elapsed_days, at=at)

    def scheduler_of(self, card: Card) -> SchedulerSettings:
        """The user's settings, with the desired retention of the card's goal if that has one."""
        if card.goal_retention is None:
            return self.scheduler
        return replace(self.scheduler, desired_retention=card.goal_retention)

    def elapsed_days(self, card: Card, at: datetime) -> int:
        """How many of the user's days have begun since the card's last review."""
        return self.calendar.days_between(card.last_review, at) if card.last_review else 0


def review_context(owner: User) -> ReviewContext:
    """The context of this user, with default settings for a user who has none."""
    settings = settings_of(owner)
    weights = settings.parameters.weights if settings.parameters else DEFAULT_WEIGHTS
    scheduler = SchedulerSettings(
        weights=tuple(weights),
        desired_retention=settings.desired_retention,
        learning_steps=tuple(settings.learning_steps),
        relearning_steps=tuple(settings.relearning_steps),
        maximum_interval=settings.maximum_interval,
    )
    return ReviewContext(settings, scheduler, Calendar(ZoneInfo(settings.time_zone), settings.day_start_hour))


_SETTINGS = PreparedQuery(
    lambda owner_id: ReviewSettings.objects.select_related("parameters").filter(owner_id=owner_id), owner_id=UUID
)


def settings_of(owner: User) -> ReviewSettings:
    """The user's settings, or an unsaved row with the defaults."""
    return _SETTINGS.first(owner_id=owner.pk) or ReviewSettings(owner=owner)


def scheduling_state(card: Card) -> SchedulingState:
    return SchedulingState(
        card_id=card.pk,
        state=card.state,
        step=card.step,
        due=card.due,
        stability=card.stability,
        difficulty=card.difficulty,
        last_review=card.last_review,
        reps=card.reps,
        lapses=card.lapses,
    )
