"""The entries of the command palette for what a user typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django_stubs_ext import StrOrPromise

from base.navigation import rail_links, settings_groups
from palette.registry import Action, Entry, actions, groups

if TYPE_CHECKING:
    from accounts.models import User

MAX_PER_GROUP = 7


@dataclass(frozen=True)
class FoundGroup:
    title: StrOrPromise
    entries: Sequence[Entry]


def find_entries(owner: "User", query: str) -> list[FoundGroup]:
    """The groups that have entries for the query, each with its best ones. Each app asks one query at most."""
    found = [FoundGroup(group.title, group.find(owner, query, MAX_PER_GROUP)[:MAX_PER_GROUP]) for group in groups()]
    return [group for group in found if group.entries]


def find_pages(owner: "User", query: str, limit: int) -> list[Entry]:
    """The pages of the rail and of the settings whose names match; none before something is typed."""
    if not query:
        return []
    settings = [link for group in settings_groups(is_staff=owner.is_staff) for link in group.links]
    entries = [
        *(Entry(link.label, link.icon, reverse(link.url_name)) for link in rail_links()),
        *(Entry(link.label, link.icon, reverse(link.url_name), link.description) for link in settings),
    ]
    return _matching(entries, query)[:limit]


def find_actions(owner: "User", query: str, limit: int) -> list[Entry]:
    return _matching([_entry_of(action) for action in actions()], query)[:limit]


def _entry_of(action: Action) -> Entry:
    url = reverse(action.url_name) if action.url_name else ""
    return Entry(action.label, action.icon, url, attributes=action.attributes)


def _matching(entries: Sequence[Entry], query: str) -> list[Entry]:
    """The entries that have all words of the query; first those whose label begins with it."""
    words = query.casefold().split()
    found = [entry for entry in entries if all(word in f"{entry.label} {entry.detail}".casefold() for word in words)]
    return sorted(found, key=lambda entry: not str(entry.label).casefold().startswith(query.casefold()))
