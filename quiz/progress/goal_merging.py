"""The history of a goal when it is merged into another one: reviews, their counts by day, and mastery by day."""

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

# On a day that both goals have, the mastery of the one is weighted by its cards, as that of two skills is.
_ADD_MASTERY = SQL("""
    INSERT INTO quiz_masteryday (id, owner_id, goal_id, day, mastery, cards, answered)
    SELECT gen_random_uuid(), owner_id, %(target)s, day, mastery, cards, answered
    FROM quiz_masteryday WHERE goal_id = %(source)s
    ON CONFLICT (goal_id, day) DO UPDATE SET
        mastery = (quiz_masteryday.mastery * greatest(quiz_masteryday.cards, 1)
                + excluded.mastery * greatest(excluded.cards, 1))
            / (greatest(quiz_masteryday.cards, 1) + greatest(excluded.cards, 1)),
        cards = quiz_masteryday.cards + excluded.cards,
        answered = quiz_masteryday.answered + excluded.answered
""").as_string()
_DELETE_MASTERY = "DELETE FROM quiz_masteryday WHERE goal_id = %(source)s"


def history_follows(source: Goal, target: Goal) -> None:
    # A rating reads the goal while it has locked its card. What waits for these locks reads the new goal.
    cards = Card.objects.filter(skill__tree__goal__in=[source, target]).order_by("pk")
    list(cards.select_for_update(of=("self",)).values_list("pk"))
    Review.objects.filter(owner_id=source.owner_id, goal_id=source.pk).update(goal_id=target.pk)
    goals = {"owner_id": source.owner_id, "source": source.pk, "target": target.pk}
    with connection.cursor() as cursor:
        for statement in (_ADD_DAYS, _DELETE_DAYS, _ADD_MASTERY, _DELETE_MASTERY):
            cursor.execute(statement, goals)


register(history_follows)
