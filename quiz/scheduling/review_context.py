"""What a person's review settings make of one of their cards: rows in, the plain values of `scheduling` out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import User
from flashcards.models import Card
from quiz.models import ReviewSettings
from quiz.scheduling.calendar import Calendar
from quiz.scheduling.fsrs_scheduler import DEFAULT_WEIGHTS, Memory, Outcome, Plan, answer, previews


@dataclass(frozen=True)
class Asking:
    """One person's way of being asked, read once per request."""

    settings: ReviewSettings
    plan: Plan
    calendar: Calendar

    def answer(self, card: Card, rating: int, at: datetime) -> Outcome:
        """What this rating at `at` makes of the card."""
        return answer(memory_of(card), rating, plan=self.plan, elapsed_days=self.elapsed_days(card, at), at=at)

    def previews(self, card: Card, at: datetime) -> list[Outcome]:
        """What each of the four ratings would make of the card."""
        return list(previews(memory_of(card), plan=self.plan, elapsed_days=self.elapsed_days(card, at), at=at))

    def elapsed_days(self, card: Card, at: datetime) -> int:
        """How often the person's day has changed since the card was last answered."""
        return self.calendar.days_between(card.last_review, at) if card.last_review else 0


def asking_of(owner: User) -> Asking:
    """The person's settings, or the defaults as long as they have none."""
    settings = settings_of(owner)
    weights = settings.parameters.weights if settings.parameters else DEFAULT_WEIGHTS
    plan = Plan(
        weights=tuple(weights),
        desired_retention=settings.desired_retention,
        learning_steps=tuple(settings.learning_steps),
        relearning_steps=tuple(settings.relearning_steps),
        maximum_interval=settings.maximum_interval,
    )
    return Asking(settings, plan, Calendar(ZoneInfo(settings.time_zone), settings.day_start_hour))


def settings_of(owner: User) -> ReviewSettings:
    """The person's row, or an unsaved one of defaults."""
    found = ReviewSettings.objects.select_related("parameters").filter(owner=owner).first()
    return found or ReviewSettings(owner=owner)


def memory_of(card: Card) -> Memory:
    return Memory(
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
