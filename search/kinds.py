"""The kinds of things that users search for: the `search_kinds.py` of each app registers its own here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from accounts.models import User
from base.errors import Invalid
from search.filters import Filter

Rows = Callable[[User], "QuerySet[Any]"]
Filters = Callable[[User], Sequence[Filter]]


@dataclass(frozen=True)
class Kind:
    """What search finds in one table of the index.

    `name` is its name in URLs and in the API, `label` that of several in the interface. `rows` gives the rows that a
    user may see, with all that is shown of them. `schema` is the dotted path of the API's model of one, with a method
    `of`; only the API imports it. `template` shows one `result`, whose row is `row`. Tabs are in the order of `order`.
    `filters` keeps rows that the user is not shown now from taking the places of others.
    """

    name: str
    label: StrPromise
    table: str
    rows: Rows
    schema: str
    template: str
    order: int
    filters: Filters = lambda owner: ()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def extend_rows(name: str, extension: "Callable[[Any], QuerySet[Any]]") -> None:
    """Let an app add to the rows of a kind of an app below it: what it alone knows of them."""
    kind = _kinds[name]
    register(replace(kind, rows=lambda owner: extension(kind.rows(owner))))


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kinds_named(names: Iterable[str]) -> list[Kind]:
    """The kinds with these names; all of them without a name. Raises Invalid."""
    names = set(names)
    unknown = sorted(names - set(_kinds))
    if unknown:
        message = _("There is no kind “%(unknown)s”. The kinds are %(known)s.")
        known = ", ".join(kind.name for kind in kinds())
        raise Invalid({"kinds": [message % {"unknown": "”, “".join(unknown), "known": known}]})
    return [kind for kind in kinds() if kind.name in names or not names]
