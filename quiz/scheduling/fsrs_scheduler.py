"""When to ask again: FSRS-6 by py-fsrs, with states for new cards and a fuzz that a preview can know.

Nothing here reads a clock, a random number or a row, so what a button promises is what its answer does.
"""

from collections.abc import Iterator
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

# Above each start (days) the fuzz grows by this share of what lies beyond it: the ranges of Anki and py-fsrs.
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
_STATES = {"learning": fsrs.State.Learning, "review": fsrs.State.Review, "relearning": fsrs.State.Relearning}
_NAMES = {state: name for name, state in _STATES.items()}


@dataclass(frozen=True)
class Plan:
    """How a person wants to be asked; steps in seconds, the longest interval in days."""

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
class Memory:
    """What is known of one card; `state` is new, learning, review or relearning."""

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
class Outcome:
    """What an answer makes of a card."""

    state: str
    step: int | None
    due: datetime
    stability: float
    difficulty: float
    reps: int
    lapses: int
    interval: timedelta
    lapsed: bool


def answer(memory: Memory, rating: int, *, plan: Plan, elapsed_days: int, at: datetime) -> Outcome:
    """The card after this answer at `at`.

    `elapsed_days` is how often the person's day has changed since the last answer, which is how the weights were
    fitted: a card due in the evening may be answered in the morning of its day and counts as on time.
    """
    at = at.astimezone(UTC)
    known = memory.stability is not None and memory.state != "new"
    card = fsrs.Card(
        card_id=0,  # without one, py-fsrs sleeps to make a unique one
        state=_STATES.get(memory.state, fsrs.State.Learning),
        step=_step(memory),
        stability=memory.stability if known else None,
        difficulty=memory.difficulty if known else None,
        due=memory.due,
        last_review=at - timedelta(days=elapsed_days) if known else None,
    )
    after, _log = _scheduler(plan).review_card(card, fsrs.Rating(rating), at)
    interval = after.due - at
    if plan.fuzz and after.state == fsrs.State.Review:
        interval = timedelta(days=_fuzzed(interval.days, memory.card_id, memory.reps, plan.maximum_interval))
    lapsed = memory.state == "review" and rating == 1
    return Outcome(
        state=_NAMES[after.state],
        step=after.step,
        due=at + interval,
        stability=float(after.stability or 0.0),
        difficulty=float(after.difficulty or 0.0),
        reps=memory.reps + 1,
        lapses=memory.lapses + lapsed,
        interval=interval,
        lapsed=lapsed,
    )


def previews(memory: Memory, *, plan: Plan, elapsed_days: int, at: datetime) -> Iterator[Outcome]:
    """What each of the four answers would do, in the order of the buttons."""
    return (answer(memory, rating, plan=plan, elapsed_days=elapsed_days, at=at) for rating in RATINGS)


def is_leech(lapses: int, threshold: int) -> bool:
    """At the threshold and at every half of it after; never with a threshold of 0."""
    if not threshold or lapses < threshold:
        return False
    return (lapses - threshold) % max(1, -(-threshold // 2)) == 0


def weights_out_of_bounds(weights: tuple[float, ...]) -> list[int]:
    """The positions of weights that FSRS-6 does not allow, NaN included."""
    bounds = zip(weights, LOWER_BOUNDS, UPPER_BOUNDS, strict=True)
    return [position for position, (weight, low, high) in enumerate(bounds) if not low <= weight <= high]


@lru_cache(maxsize=256)
def _scheduler(plan: Plan) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=plan.weights,
        desired_retention=plan.desired_retention,
        learning_steps=[timedelta(seconds=step) for step in plan.learning_steps],
        relearning_steps=[timedelta(seconds=step) for step in plan.relearning_steps],
        maximum_interval=plan.maximum_interval,
        enable_fuzzing=False,  # py-fsrs draws from the global random: a preview would not be what is committed
    )


def _step(memory: Memory) -> int | None:
    return None if memory.state == "review" else memory.step or 0


def _fuzzed(days: int, card_id: UUID, reps: int, maximum: int) -> int:
    """The interval moved a little, so that cards learned together part; the same for the same card and review.

    One draw serves all four buttons, so Hard never comes after Good.
    """
    if days < 2.5:
        return days
    spread = 1.0 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ)
    least = max(2, round(days - spread))
    most = min(round(days + spread), maximum)
    least = min(least, most)
    draw = int.from_bytes(sha256(card_id.bytes + reps.to_bytes(8, "big")).digest()[:8], "big")
    return least + draw * (most - least + 1) // 2**64
