"""The roll-up of reviews as it is, and as the history says that it should be."""

from collections import defaultdict
from typing import Any

from quiz.models import Review, ReviewDay

KIND = ("owner_id", "day", "goal_id", "state_before", "rating")


def recorded_days() -> set[tuple[Any, ...]]:
    """(owner, day, goal, state, rating, reviews, first reviews, duration) of each row."""
    return set(ReviewDay.objects.values_list(*KIND, "reviews", "first_reviews", "duration_ms"))


def counted_days() -> set[tuple[Any, ...]]:
    """The same, counted from the reviews."""
    counts: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    seen: set[Any] = set()
    for review in Review.objects.order_by("reviewed_at", "pk"):
        count = counts[tuple(getattr(review, name) for name in KIND)]
        count[0] += 1
        count[1] += (review.card_id, review.day) not in seen
        count[2] += review.duration_ms
        seen.add((review.card_id, review.day))
    return {(*kind, *count) for kind, count in counts.items()}
