"""What refers to goals without a foreign key, or once a day for each: its app registers how it follows a merge.

Rows with a foreign key to the goal follow by themselves, after these.
"""

from collections.abc import Callable

from goals.models import Goal

# Both goals are locked, in the transaction of the merge.
Follow = Callable[[Goal, Goal], None]

_followers: list[Follow] = []


def register(follow: Follow) -> None:
    """`follow(source, target)` makes the rows that refer to the source refer to the target."""
    _followers.append(follow)


def let_others_follow(*, source: Goal, target: Goal) -> None:
    for follow in _followers:
        follow(source, target)
