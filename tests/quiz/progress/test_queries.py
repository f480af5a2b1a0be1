from datetime import UTC, datetime, timedelta

from accounts.models import User
from flashcards.models import CardState, CardStatus
from quiz.models import Rating, ReviewSettings
from quiz.progress.queries import DayCount, progress_of
from tests.factories import CardFactory, ReviewFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def review(owner: User, *, days_ago: int = 0, minutes: int = 0, **fields: object) -> None:
    at = NOON - timedelta(days=days_ago) + timedelta(minutes=minutes)
    fields.setdefault("card__owner", owner)
    ReviewFactory(reviewed_at=at, **fields)


def test_a_new_user_has_zeros(alice: User) -> None:
    progress = progress_of(owner=alice, at=NOON)
    assert (progress.today.reviews, progress.totals.cards, progress.retention.share, progress.streak) == (0, 0, None, 0)
    assert sum(day.count for day in progress.forecast) == 0
    assert len(progress.forecast) == 30


def test_today_counts_reviews_and_time(alice: User) -> None:
    review(alice, duration_ms=2_000)
    review(alice, rating=Rating.AGAIN, state_before=CardState.REVIEW, duration_ms=3_000)
    review(alice, days_ago=1)
    today = progress_of(owner=alice, at=NOON).today
    assert (today.reviews, today.new, today.again, today.duration_ms) == (2, 1, 1, 5_000)


def test_true_retention_counts_the_first_review_of_a_day_of_cards_that_were_not_new(alice: User) -> None:
    forgotten, known = CardFactory.create_batch(2, owner=alice)
    review(alice, card=forgotten, rating=Rating.AGAIN, state_before=CardState.REVIEW)
    review(alice, card=forgotten, rating=Rating.GOOD, state_before=CardState.RELEARNING, minutes=10)
    for days_ago in (0, 5, 29):
        review(alice, card=known, rating=Rating.HARD, state_before=CardState.REVIEW, days_ago=days_ago)
    review(alice, card=known, rating=Rating.AGAIN, state_before=CardState.REVIEW, days_ago=30)
    review(alice, rating=Rating.AGAIN, state_before=CardState.NEW)
    retention = progress_of(owner=alice, at=NOON).retention
    assert (retention.share, retention.answers) == (0.75, 4)


def test_the_forecast_counts_overdue_cards_for_today(alice: User) -> None:
    for days in (-40, 0, 3, 29, 31):
        CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(days=days))
    CardFactory(owner=alice, reviewed=True, due=NOON, status=CardStatus.SUSPENDED)
    CardFactory(owner=alice)
    forecast = progress_of(owner=alice, at=NOON).forecast
    assert {number: day.count for number, day in enumerate(forecast) if day.count} == {0: 2, 3: 1, 29: 1}


def test_the_heatmap_covers_a_year(alice: User, mallory: User) -> None:
    review(alice)
    review(alice, days_ago=364)
    review(alice, days_ago=365)
    review(mallory)
    days = [DayCount((NOON - timedelta(days=number)).date(), 1) for number in (364, 0)]
    assert progress_of(owner=alice, at=NOON).heatmap == days


def test_the_streak_continues_while_today_has_no_review(alice: User) -> None:
    for days_ago in (1, 2, 4):
        review(alice, days_ago=days_ago)
    assert progress_of(owner=alice, at=NOON).streak == 2
    review(alice)
    assert progress_of(owner=alice, at=NOON).streak == 3


def test_totals_count_the_deck(alice: User) -> None:
    CardFactory(owner=alice)
    CardFactory(owner=alice, reviewed=True, status=CardStatus.SUSPENDED)
    CardFactory(owner=alice, status=CardStatus.DRAFT)
    totals = progress_of(owner=alice, at=NOON).totals
    assert (totals.cards, totals.new, totals.review, totals.suspended) == (2, 1, 1, 1)


def test_days_of_the_forecast_begin_when_the_users_days_do(alice: User) -> None:
    ReviewSettings.objects.create(owner=alice, time_zone="Europe/Berlin", day_start_hour=4)
    start = datetime(2026, 3, 29, 2, 0, tzinfo=UTC)  # 4:00 in summer time, which began three hours ago
    CardFactory(owner=alice, reviewed=True, due=start - timedelta(seconds=1))
    CardFactory(owner=alice, state=CardState.LEARNING, due=start)
    days = {day.day.isoformat(): day.count for day in progress_of(owner=alice, at=NOON).forecast if day.count}
    assert days == {"2026-03-28": 1, "2026-03-29": 1}
