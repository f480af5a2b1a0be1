"""The reviews for a goal, and their counts by day, when it is merged into another one."""

from django.db import connection
from psycopg.sql import SQL

from flashcards.models import Card
from goals.merging.registry import register
from goals.models import Goal
from quiz.models import Review

_ADD_DAYS = SQL("""
    INSERT INTO quiz_reviewday
        (id, owner_id, day, goal_id, state_before, rating, reviews, first_reviews, duration_ms)
    SELECT gen_random_uuid(), owner_id, day, %(target)s, state_before, rating, reviews, first_reviews, duration_ms
    FROM quiz_reviewday WHERE owner_id = %(owner_id)s AND goal_id = %(source)s
    ON CONFLICT (owner_id, day, goal_id, state_before, rating) DO UPDATE SET
        reviews = quiz_reviewday.reviews + excluded.reviews,
        first_reviews = quiz_reviewday.first_reviews + excluded.first_reviews,
        duration_ms = quiz_reviewday.duration_ms + excluded.duration_ms
""").as_string()
_DELETE_DAYS = "DELETE FROM quiz_reviewday WHERE owner_id = %(owner_id)s AND goal_id = %(source)s"


def reviews_follow(source: Goal, target: Goal) -> None:
    # A rating reads the goal while it has locked its card. What waits for these locks reads the new goal.
    cards = Card.objects.filter(skill__tree__goal__in=[source, target]).order_by("pk")
    list(cards.select_for_update(of=("self",)).values_list("pk"))
    Review.objects.filter(owner_id=source.owner_id, goal_id=source.pk).update(goal_id=target.pk)
    goals = {"owner_id": source.owner_id, "source": source.pk, "target": target.pk}
    with connection.cursor() as cursor:
        cursor.execute(_ADD_DAYS, goals)
        cursor.execute(_DELETE_DAYS, goals)


register(reviews_follow)
