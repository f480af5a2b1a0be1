"""Reads of goals."""

from django.db.models import QuerySet

from accounts.models import User
from goals.models import Goal


def find_goals(*, owner: User, words: str) -> QuerySet[Goal]:
    """The user's goals whose titles have all the words, in the user's order."""
    goals = owner.goals.alive().in_order()
    for word in words.split()[:10]:
        goals = goals.filter(title__icontains=word)
    return goals
