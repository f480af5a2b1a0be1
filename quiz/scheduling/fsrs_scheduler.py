"""When a card is due next: FSRS-6 by py-fsrs, with a state for new cards and a reproducible fuzz.

Nothing here reads the clock, the database or random numbers, so each button's preview is exactly what its rating does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import fsrs

DEFAULT_WEIGHTS = tuple(float(weight) for weight in fsrs.scheduler.DEFAULT_PARAMETERS)
LOWER_BOUNDS: tuple[float, ...] = fsrs.scheduler.LOWER_BOUNDS_PARAMETERS
UPPER_BOUNDS: tuple[float, ...] = fsrs.scheduler.UPPER_BOUNDS_PARAMETERS
RATINGS = (1, 2, 3, 4)
DAY = timedelta(days=1)

# (start, end, share) in days: the fuzz grows by `share` of the part of the interval in this range, as in Anki.
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
_STATES = {"learning": fsrs.State.Learning, "review": fsrs.State.Review, "relearning": fsrs.State.Relearning}
_STATE_NAMES = {state: name for name, state in _STATES.items()}
# py-fsrs wants a time of review, and uses its distance from the last review only.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SchedulerSettings:
    """Steps are in seconds, the maximum interval is in days."""

    weights: tuple[float, ...] = DEFAULT_WEIGHTS
    desired_retention: float = 0.9
    learning_steps: tuple[int, ...] = (60, 600)
    relearning_steps: tuple[int, ...] = (600,)
    maximum_interval: int = 36_500
    fuzz: bool = True

    @property
    def decay(self) -> float:
        return self.weights[20]


@dataclass(frozen=True)
class SchedulingState:
    """What the scheduler needs of one card. `state` is new, learning, review or relearning."""

    card_id: UUID
    state: str
    step: int | None
    due: datetime
    stability: float | None
    difficulty: float | None
    last_review: datetime | None
    reps: int
    lapses: int


@dataclass(frozen=True)
class _FsrsCard:
    """What FSRS knows of a card. The only time in it is the days since the last review."""

    state: str
    step: int | None
    stability: float | None
    difficulty: float | None
    elapsed_days: int


@dataclass(frozen=True)
class _FsrsResult:
    """What FSRS makes of a card with one rating. The interval is not fuzzed."""

    state: str
    step: int | None
    stability: float
    difficulty: float
    interval: timedelta


@dataclass(frozen=True)
class ScheduledReview:
    """A card's scheduling state after a rating. `lapsed`: the card was in review and has been forgotten."""

    state: str
    step: int | None
    due: datetime
    stability: float
    difficulty: float
    reps: int
    lapses: int
    interval: timedelta
    lapsed: bool


def schedule(
    before: SchedulingState, rating: int, *, settings: SchedulerSettings, elapsed_days: int, at: datetime
) -> ScheduledReview:
    """The effect of a rating at `at`.

    `elapsed_days` is how many of the user's days have begun since the last review, which is how the weights were
    fitted: a card due in the evening can be reviewed in the morning of its day and counts as on time.
    """
    return previews(before, settings=settings, elapsed_days=elapsed_days, at=at)[rating - 1]


def previews(
    before: SchedulingState, *, settings: SchedulerSettings, elapsed_days: int, at: datetime
) -> list[ScheduledReview]:
    """The effect of each of the four ratings, in the order of the buttons."""
    reviewed = before.stability is not None and before.state != "new"
    known = _FsrsCard(
        state=before.state,
        step=_step(before),
        stability=before.stability if reviewed else None,
        difficulty=before.difficulty if reviewed else None,
        elapsed_days=elapsed_days if reviewed else 0,
    )
    at = at.astimezone(UTC)
    draw = _draw(before.card_id, before.reps)
    return [
        _scheduled(before, rating, outcome, _fuzzed(outcome, draw, settings), at)
        for rating, outcome in zip(RATINGS, _outcomes(known, settings), strict=True)
    ]


def _scheduled(
    before: SchedulingState, rating: int, after: _FsrsResult, interval: timedelta, at: datetime
) -> ScheduledReview:
    lapsed = before.state == "review" and rating == 1
    return ScheduledReview(
        state=after.state,
        step=after.step,
        due=at + interval,
        stability=after.stability,
        difficulty=after.difficulty,
        reps=before.reps + 1,
        lapses=before.lapses + lapsed,
        interval=interval,
        lapsed=lapsed,
    )


def is_leech(lapses: int, threshold: int) -> bool:
    """Whether this lapse makes a leech: at the threshold, then every half threshold. Never for a threshold of 0."""
    if not threshold or lapses < threshold:
        return False
    return (lapses - threshold) % max(1, -(-threshold // 2)) == 0


def weights_out_of_bounds(weights: tuple[float, ...]) -> list[int]:
    """The positions of weights that FSRS-6 does not allow, NaN included."""
    bounds = zip(weights, LOWER_BOUNDS, UPPER_BOUNDS, strict=True)
    return [position for position, (weight, low, high) in enumerate(bounds) if not low <= weight <= high]


@lru_cache(maxsize=256)
def _scheduler(settings: SchedulerSettings) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=settings.weights,
        desired_retention=settings.desired_retention,
        learning_steps=[timedelta(seconds=step) for step in settings.learning_steps],
        relearning_steps=[timedelta(seconds=step) for step in settings.relearning_steps],
        maximum_interval=settings.maximum_interval,
        enable_fuzzing=False,  # py-fsrs uses the global random, so a preview would differ from the review
    )


@lru_cache(maxsize=2048)
def _outcomes(known: _FsrsCard, settings: SchedulerSettings) -> list[_FsrsResult]:
    """What each rating makes of a card. Kept, because a card is shown, rated and listed again in the queue."""
    return [_outcome(known, rating, settings) for rating in RATINGS]


def _outcome(known: _FsrsCard, rating: int, settings: SchedulerSettings) -> _FsrsResult:
    reviewed = known.stability is not None
    card = fsrs.Card(
        card_id=0,  # otherwise py-fsrs sleeps to create a unique one
        state=_STATES.get(known.state, fsrs.State.Learning),
        step=known.step,
        stability=known.stability,
        difficulty=known.difficulty,
        due=_ANY_TIME,
        last_review=_ANY_TIME - timedelta(days=known.elapsed_days) if reviewed else None,
    )
    after, _log = _scheduler(settings).review_card(card, fsrs.Rating(rating), _ANY_TIME)
    return _FsrsResult(
        state=_STATE_NAMES[after.state],
        step=after.step,
        stability=float(after.stability or 0.0),
        difficulty=float(after.difficulty or 0.0),
        interval=after.due - _ANY_TIME,
    )


def _step(before: SchedulingState) -> int | None:
    return None if before.state == "review" else before.step or 0


def _draw(card_id: UUID, reps: int) -> int:
    """A number below 2**64, the same for a card and its `reps`."""
    return int.from_bytes(sha256(card_id.bytes + reps.to_bytes(8, "big")).digest()[:8], "big")


def _fuzzed(outcome: _FsrsResult, draw: int, settings: SchedulerSettings) -> timedelta:
    """The interval; one of days with a small offset, so that cards learned together spread out.

    All four ratings use the same draw, so Hard never gets a longer interval than Good.
    """
    days = outcome.interval.days
    if not settings.fuzz or outcome.state != "review" or days < 2.5:
        return outcome.interval
    spread = 1.0 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ)
    longest = min(round(days + spread), settings.maximum_interval)
    shortest = min(max(2, round(days - spread)), longest)
    return timedelta(days=shortest + draw * (longest - shortest + 1) // 2**64)
