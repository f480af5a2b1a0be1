"""How long a user remembers what they knew before they learned it here: that of a virtual card, by FSRS-6."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quiz.scheduling.fsrs_scheduler import ScheduledReview, SchedulerSettings, SchedulingState, schedule

_EASY, _GOOD = 4, 3
_NO_CARD = UUID(int=0)


@dataclass(frozen=True)
class KnownMark:
    """A skill that the user knew at `at`. `stability` is in days."""

    at: datetime
    stability: float


def known_again(mark: KnownMark | None, *, settings: SchedulerSettings, elapsed_days: int, at: datetime) -> KnownMark:
    """The mark of a skill that the user has just proved to know, `elapsed_days` after the last mark, if there is one.

    The first time it is a new card answered with Easy. Each later time it is that card answered with Good.
    """
    first = _first(settings, at)
    if mark is None:
        return KnownMark(at, first.stability)
    known = SchedulingState(
        card_id=_NO_CARD,
        state="review",
        step=None,
        due=at,
        stability=mark.stability,
        difficulty=first.difficulty,
        last_review=mark.at,
        reps=1,
        lapses=0,
    )
    again = schedule(known, _GOOD, settings=settings, elapsed_days=elapsed_days, at=at)
    return KnownMark(at, again.stability)


def _first(settings: SchedulerSettings, at: datetime) -> ScheduledReview:
    new = SchedulingState(
        card_id=_NO_CARD,
        state="new",
        step=None,
        due=at,
        stability=None,
        difficulty=None,
        last_review=None,
        reps=0,
        lapses=0,
    )
    return schedule(new, _EASY, settings=settings, elapsed_days=0, at=at)
