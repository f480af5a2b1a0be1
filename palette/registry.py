"""What the command palette offers. Each app registers its own groups and actions in `navigation.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django_stubs_ext import StrOrPromise

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Entry:
    """One line of the palette. `icon` is a lucide name, `detail` and `at` are shown after the label.

    `url` is the page that it opens. Without one it is a button, and `attributes` tell the scripts what it does.
    """

    label: StrOrPromise
    icon: str
    url: str = ""
    detail: StrOrPromise = ""
    at: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Entries under one title. `order` sorts the groups.

    `find` gets the user, what was typed (empty at first) and how many entries to return, the best first.
    """

    title: StrOrPromise
    order: int
    find: Callable[["User", str, int], Sequence[Entry]]


@dataclass(frozen=True)
class Action:
    """Something to do, in the group of actions. With `url_name` it opens that page."""

    label: StrOrPromise
    icon: str
    order: int
    url_name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


_groups: list[Group] = []
_actions: list[Action] = []


def register(*items: Group | Action) -> None:
    for item in items:
        if isinstance(item, Group):
            _groups.append(item)
        else:
            _actions.append(item)


def groups() -> list[Group]:
    return sorted(_groups, key=lambda group: group.order)


def actions() -> list[Action]:
    return sorted(_actions, key=lambda action: action.order)
