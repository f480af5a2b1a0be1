"""The links of the navigation rail and of the settings page. Each app registers its own in `navigation.py`."""

from dataclasses import dataclass
from itertools import groupby

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class RailLink:
    """A link to a section of the site. `order` sorts the rail; `icon` is a lucide name.

    `paths` are the first parts of the URLs that belong to the section, without slashes. `badge_url_name` names a view
    that returns the number to show on the link.
    """

    section: str
    label: StrOrPromise
    icon: str
    url_name: str
    order: int
    paths: tuple[str, ...]
    badge_url_name: str = ""


@dataclass(frozen=True)
class SettingsLink:
    """A link on the settings page, under the heading `group` (empty: the first list)."""

    label: StrOrPromise
    description: StrOrPromise
    icon: str
    url_name: str
    order: int
    staff_only: bool = False
    group: StrOrPromise = ""


_rail: list[RailLink] = []
_settings: list[SettingsLink] = []


def register(*links: RailLink | SettingsLink) -> None:
    for link in links:
        if isinstance(link, RailLink):
            _rail.append(link)
        else:
            _settings.append(link)


def rail_links() -> list[RailLink]:
    return sorted(_rail, key=lambda link: link.order)


def settings_links() -> list[SettingsLink]:
    return sorted(_settings, key=lambda link: link.order)


@dataclass(frozen=True)
class SettingsGroup:
    """Links of the settings page under one heading; the first group has none."""

    title: StrOrPromise
    links: list[SettingsLink]


def settings_groups(*, is_staff: bool) -> list[SettingsGroup]:
    """The links that this user may follow, in order, by group."""
    shown = [link for link in settings_links() if is_staff or not link.staff_only]
    return [SettingsGroup(title, list(links)) for title, links in groupby(shown, key=lambda link: link.group)]


def section_of(path: str) -> str:
    """The section of the site that this URL path belongs to; the first section if none has the path."""
    first = path.strip("/").split("/")[0]
    links = rail_links()
    return next((link.section for link in links if first in link.paths), links[0].section if links else "")
