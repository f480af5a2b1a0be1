"""Reads of goals."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import User
from base.text import storable
from goals.models import Goal, GoalQuerySet, SkillTree, TreeRun, TreeRunStatus, TreeStatus

MAX_SEARCH_WORDS = 10


def find_goals(*, owner: User, words: str) -> QuerySet[Goal]:
    """The user's goals whose titles have all the words, in the user's order."""
    goals = owner.goals.alive().in_order()
    for word in storable(words).split()[:MAX_SEARCH_WORDS]:
        goals = goals.filter(title__icontains=word)
    return goals


def with_waiting(goals: GoalQuerySet) -> GoalQuerySet:
    """The goals, each with `proposal_waits`, and `running_run`: the id of the run in which a model writes a tree."""
    proposals = SkillTree.objects.filter(goal=OuterRef("pk"), status=TreeStatus.PROPOSED)
    runs = TreeRun.objects.filter(goal=OuterRef("pk"), status=TreeRunStatus.RUNNING)
    return goals.annotate(proposal_waits=Exists(proposals), running_run=Subquery(runs.values("pk")[:1]))
