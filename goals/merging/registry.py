"""What refers to goals without a foreign key: the app registers how its rows follow a merge. Foreign keys just do."""

from collections.abc import Callable

from goals.models import Goal

# Both goals are locked, and the skills have their new tree already. Runs in the transaction of the merge.
Follow = Callable[[Goal, Goal], None]

_followers: list[Follow] = []


def register(follow: Follow) -> None:
    """`follow(source, target)` makes the rows that refer to the source refer to the target."""
    _followers.append(follow)


def let_others_follow(*, source: Goal, target: Goal) -> None:
    for follow in _followers:
        follow(source, target)
