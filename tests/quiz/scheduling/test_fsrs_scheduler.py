"""FSRS-6 against the test vectors of py-fsrs and fsrs-rs, and the guarantees of the fuzz."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.scheduling.fsrs_scheduler import (
    DEFAULT_WEIGHTS,
    ScheduledReview,
    SchedulerSettings,
    SchedulingState,
    _outcomes,
    is_leech,
    previews,
    schedule,
    weights_out_of_bounds,
)

FIRST = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
EXACT = SchedulerSettings(fuzz=False)
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4


def new_card(card_id: int = 1) -> SchedulingState:
    return SchedulingState(UUID(int=card_id), "new", None, FIRST, None, None, None, reps=0, lapses=0)


def test_fsrs_runs_once_for_each_state_of_a_card() -> None:
    settings = SchedulerSettings(desired_retention=0.873)  # of no other test
    misses = _outcomes.cache_info().misses
    for card_id in range(20):
        shown = previews(new_card(card_id), settings=settings, elapsed_days=0, at=FIRST)
        later = FIRST + timedelta(hours=1)
        done = schedule(new_card(card_id), GOOD, settings=settings, elapsed_days=0, at=later)
        assert done == replace(shown[GOOD - 1], due=later + done.interval)
    assert _outcomes.cache_info().misses == misses + 1
    changed = replace(settings, desired_retention=0.8)
    assert previews(new_card(), settings=changed, elapsed_days=0, at=FIRST)[EASY - 1] != shown[EASY - 1]


def after(state: SchedulingState, review: ScheduledReview, at: datetime) -> SchedulingState:
    return replace(
        state,
        state=review.state,
        step=review.step,
        due=review.due,
        stability=review.stability,
        difficulty=review.difficulty,
        last_review=at,
        reps=review.reps,
        lapses=review.lapses,
    )


def replay(
    ratings: list[int], settings: SchedulerSettings = EXACT, waits: list[int] | None = None
) -> tuple[list[ScheduledReview], SchedulingState]:
    """Review the card when it is due, or after the given numbers of days."""
    state, reviews, at = new_card(), [], FIRST
    for position, rating in enumerate(ratings):
        before = state.last_review or at
        at = state.due if waits is None else before + timedelta(days=waits[position])
        review = schedule(state, rating, settings=settings, elapsed_days=(at - before).days, at=at)
        reviews.append(review)
        state = after(state, review, at)
    return reviews, state


LONG_HISTORY = [GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5


def test_the_intervals_of_a_long_history_match_py_fsrs() -> None:
    reviews, _ = replay(LONG_HISTORY)
    assert [review.interval.days for review in reviews] == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_the_stabilities_of_a_long_history_match_py_fsrs() -> None:
    reviews, _ = replay(LONG_HISTORY)
    expected = [2.3065, 2.3065, 10.971, 46.3169, 162.9998, 497.8766, 6.8904, 2.1546, 2.1546, 3.9831, 7.2363]
    assert [round(review.stability, 4) for review in reviews] == [*expected, 12.483, 20.7704]


def test_the_state_after_a_lapse_and_five_successes_matches_fsrs() -> None:
    _, state = replay([AGAIN] + [GOOD] * 5, waits=[0, 0, 1, 3, 8, 21])
    assert state.stability == pytest.approx(53.62691, abs=1e-4)
    assert state.difficulty == pytest.approx(6.3574867, abs=1e-4)


@pytest.mark.parametrize(
    ("rating", "stability", "difficulty"),
    [(AGAIN, 0.212, 6.4133), (HARD, 1.2931, 5.11217), (GOOD, 2.3065, 2.11810), (EASY, 8.2956, 1.0)],
)
def test_the_first_rating_sets_stability_and_difficulty(rating: int, stability: float, difficulty: float) -> None:
    [review], _ = replay([rating])
    assert review.stability == pytest.approx(stability, abs=1e-4)
    assert review.difficulty == pytest.approx(difficulty, abs=1e-4)


def test_the_four_buttons_of_a_card_that_is_on_time_have_growing_intervals() -> None:
    _, state = replay([GOOD] * 3)
    intervals = [review.interval for review in previews(state, settings=EXACT, elapsed_days=11, at=state.due)]
    assert intervals == [timedelta(minutes=10), timedelta(days=32), timedelta(days=46), timedelta(days=77)]


@pytest.mark.parametrize(
    ("retention", "intervals"),
    [(0.7, [0, 21, 310, 3006]), (0.8, [0, 8, 76, 525, 2781]), (0.95, [0, 1, 3, 8, 19, 43])],
)
def test_intervals_follow_the_desired_retention(retention: float, intervals: list[int]) -> None:
    reviews, _ = replay([GOOD] * len(intervals), SchedulerSettings(fuzz=False, desired_retention=retention))
    assert [review.interval.days for review in reviews] == intervals


def test_hard_on_a_new_card_never_graduates_it() -> None:
    reviews, _ = replay([HARD] * 20)
    assert {(review.state, review.interval) for review in reviews} == {("learning", timedelta(minutes=5.5))}


def test_without_learning_steps_a_new_card_graduates_immediately() -> None:
    reviews, _ = replay([GOOD], SchedulerSettings(fuzz=False, learning_steps=()))
    assert (reviews[0].state, reviews[0].interval) == ("review", timedelta(days=2))


def test_a_card_whose_step_no_longer_exists_graduates() -> None:
    state = replace(new_card(), state="learning", step=5, stability=2.0, difficulty=5.0, last_review=FIRST)
    assert schedule(state, GOOD, settings=EXACT, elapsed_days=0, at=FIRST).state == "review"


def test_only_again_on_a_card_in_review_is_a_lapse() -> None:
    reviews, _ = replay([AGAIN, GOOD, GOOD, AGAIN, AGAIN, GOOD])
    assert [review.lapses for review in reviews] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("threshold", "leeches"), [(8, [8, 12, 16, 20]), (0, []), (1, list(range(1, 21))), (5, [5, 8, 11, 14, 17, 20])]
)
def test_a_card_is_a_leech_at_the_threshold_and_at_every_half_threshold_after_it(
    threshold: int, leeches: list[int]
) -> None:
    assert [lapses for lapses in range(21) if is_leech(lapses, threshold)] == leeches


def test_weights_out_of_bounds_are_reported_by_position() -> None:
    weights = list(DEFAULT_WEIGHTS)
    weights[0], weights[20] = float("nan"), 5.0
    assert weights_out_of_bounds(tuple(weights)) == [0, 20]
    assert weights_out_of_bounds(DEFAULT_WEIGHTS) == []


states = st.builds(
    SchedulingState,
    card_id=st.uuids(),
    state=st.just("review"),
    step=st.none(),
    due=st.just(FIRST),
    stability=st.floats(0.01, 3_000),
    difficulty=st.floats(1, 10),
    last_review=st.just(FIRST - timedelta(days=5)),
    reps=st.integers(1, 500),
    lapses=st.integers(0, 20),
)
all_settings = st.builds(
    SchedulerSettings, desired_retention=st.floats(0.7, 0.99), maximum_interval=st.integers(1, 36_500)
)


@given(states, all_settings, st.integers(0, 400))
def test_a_preview_equals_the_review(state: SchedulingState, settings: SchedulerSettings, elapsed: int) -> None:
    shown = list(previews(state, settings=settings, elapsed_days=elapsed, at=FIRST))
    assert shown == [
        schedule(state, rating, settings=settings, elapsed_days=elapsed, at=FIRST) for rating in (1, 2, 3, 4)
    ]


@given(states, all_settings, st.integers(0, 400))
def test_the_buttons_are_in_order_and_within_the_maximum_interval(
    state: SchedulingState, settings: SchedulerSettings, elapsed: int
) -> None:
    _, hard, good, easy = previews(state, settings=settings, elapsed_days=elapsed, at=FIRST)
    assert hard.interval <= good.interval <= easy.interval <= timedelta(days=settings.maximum_interval)


@given(states, all_settings)
def test_the_fuzz_stays_near_the_exact_interval(state: SchedulingState, settings: SchedulerSettings) -> None:
    exact = schedule(state, GOOD, settings=replace(settings, fuzz=False), elapsed_days=5, at=FIRST).interval.days
    fuzzed = schedule(state, GOOD, settings=settings, elapsed_days=5, at=FIRST).interval.days
    assert abs(fuzzed - exact) <= 3 + 0.05 * exact
    assert fuzzed == exact or exact >= 3


def test_cards_learned_together_spread_out() -> None:
    state = replace(new_card(), state="review", stability=100.0, difficulty=5.0, last_review=FIRST)
    days = {
        schedule(
            replace(state, card_id=UUID(int=n)), GOOD, settings=SchedulerSettings(), elapsed_days=100, at=FIRST
        ).interval.days
        for n in range(200)
    }
    assert len(days) > 10
