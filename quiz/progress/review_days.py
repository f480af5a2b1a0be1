"""The daily roll-up of reviews, which statistics read instead of the history.

Each row counts the reviews of one user, day, goal, state and rating. Both functions run in the transaction that adds or
deletes the review, and the row's lock makes those of simultaneous ratings wait for one another.
"""

from typing import Any

from django.db import connection
from psycopg.sql import SQL

from quiz.models import Review, ReviewDay

# A review is its card's first of the day if the card has no earlier one. Reviews of a card are added and undone in
# order, so an undo finds what the rating found.
_IS_FIRST = SQL("""(NOT EXISTS (
    SELECT FROM quiz_review earlier
    WHERE earlier.card_id = %(card_id)s AND earlier.day = %(day)s AND earlier.reviewed_at < %(reviewed_at)s
))::int""")
_ADD = (
    SQL("""
    INSERT INTO quiz_reviewday
        (id, owner_id, day, goal_id, state_before, rating, reviews, first_reviews, duration_ms)
    VALUES (%(id)s, %(owner_id)s, %(day)s, %(goal_id)s, %(state_before)s, %(rating)s, 1, {is_first}, %(duration_ms)s)
    ON CONFLICT (owner_id, day, goal_id, state_before, rating) DO UPDATE SET
        reviews = quiz_reviewday.reviews + 1,
        first_reviews = quiz_reviewday.first_reviews + excluded.first_reviews,
        duration_ms = quiz_reviewday.duration_ms + excluded.duration_ms
""")
    .format(is_first=_IS_FIRST)
    .as_string()
)
_SUBTRACT = (
    SQL("""
    UPDATE quiz_reviewday SET
        reviews = reviews - 1, first_reviews = first_reviews - {is_first}, duration_ms = duration_ms - %(duration_ms)s
    WHERE owner_id = %(owner_id)s AND day = %(day)s AND goal_id IS NOT DISTINCT FROM %(goal_id)s
        AND state_before = %(state_before)s AND rating = %(rating)s
    RETURNING id, reviews
""")
    .format(is_first=_IS_FIRST)
    .as_string()
)


def count_review(review: Review) -> None:
    """Add the review, which has just been saved, to its day."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"id": ReviewDay._meta.pk.get_default(), **_values(review)})


def uncount_review(review: Review) -> None:
    """Take the review, which is being undone, from its day. A row that counts nothing any more is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTRACT, _values(review))
        for pk, reviews in cursor.fetchall():
            if not reviews:
                ReviewDay.objects.filter(pk=pk).delete()


def _values(review: Review) -> dict[str, Any]:
    names = ("owner_id", "card_id", "day", "reviewed_at", "goal_id", "state_before", "rating", "duration_ms")
    return {name: getattr(review, name) for name in names}
