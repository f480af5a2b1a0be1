"""axe-core on every page, in light and dark, on a desktop and a phone; on the phone also the size of each target.

The walk through all pages is the dearest part, so it also finds where each page begins.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.conftest import session_of
from tests.browser.pages import addresses, fill, variants, walk
from tests.processes import Site

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
TARGETS = (Path(__file__).parent / "targets.js").read_text()
# Two frames after a change of the color scheme, each element has its new colors.
RUN = """(options) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => axe.run(document, {resultTypes: ['violations'], ...options})).then((results) => results.violations)"""
# In dark, the same elements only have other colors.
OPTIONS: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
TOUCH = {"has_touch": True, "is_mobile": True}
# Pages of a user without any rows, and the set-up of an authenticator app.
EMPTY_PAGES = [
    *("/", "/search/", "/cards/", "/review/", "/progress/", "/settings/tokens/", "/settings/keys/"),
    *("/accounts/2fa/", "/accounts/2fa/totp/activate/"),
]


def problems_of(page: Page) -> list[str]:
    """One line for each violation, in light and dark. axe runs outside of the page's content policy."""
    page.evaluate(AXE)
    return [problem for colors in OPTIONS for problem in _violations(page, colors)]


def _violations(page: Page, colors: str) -> list[str]:
    page.emulate_media(color_scheme="dark" if colors == "dark" else "light")
    violations: list[dict[str, Any]] = page.evaluate(RUN, OPTIONS[colors])
    return [f"{colors}: {rule['id']}: {node['html'][:150]}" for rule in violations for node in rule["nodes"]]


def faults_on_a_desktop(page: Page) -> list[str]:
    too_wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*(["it scrolls sideways"] if too_wide else []), *problems_of(page)]


def faults_on_a_phone(page: Page) -> list[str]:
    small_targets: list[str] = page.evaluate(TARGETS)
    return [*small_targets, *faults_on_a_desktop(page)]


SIZES = [
    pytest.param("desk", {}, faults_on_a_desktop, id="desk"),
    pytest.param("phone", TOUCH, faults_on_a_phone, id="phone"),
]


def left_edge(page: Page) -> float | None:
    """Of the heading, in pixels. None for pages that have none, are centered or are not framed."""
    heading = page.locator("main h1:not(.visually-hidden, .review h1)")  # review is centered
    if not heading.count() or not page.locator(".shell").count():
        return None
    left: float = heading.first.evaluate("(element) => element.getBoundingClientRect().left")
    return left


@pytest.mark.parametrize(("size", "options", "faults_of"), SIZES)
def test_every_page_is_accessible_and_on_a_desktop_begins_at_the_same_left_edge(
    open_browser: Callable[..., Page],
    site: Site,
    alice: User,
    size: str,
    options: dict[str, bool],
    faults_of: Callable[[Page], list[str]],
) -> None:
    values = fill(alice)
    page = open_browser(alice, size=size, **options)
    everything = [*addresses(site, session_of(alice), values), *variants(values), "/nowhere/"]
    assert len(everything) > 25
    edges: dict[float, list[str]] = defaultdict(list)

    def faults_after_the_edge(page: Page) -> list[str]:
        if (left := left_edge(page)) is not None:
            edges[left].append(page.url)
        return faults_of(page)

    faults = walk(page, everything, faults_after_the_edge)
    assert not faults, "\n".join(faults)
    if size == "desk":
        assert len(edges) == 1, edges
        assert next(iter(edges)) % 1 == 0


@pytest.mark.parametrize(("size", "options", "faults_of"), SIZES)
def test_empty_pages_and_pages_before_sign_in_are_accessible(
    open_browser: Callable[..., Page],
    site: Site,
    alice: User,
    mallory: User,
    size: str,
    options: dict[str, bool],
    faults_of: Callable[[Page], list[str]],
) -> None:
    page = open_browser(size=size, **options)
    faults = walk(page, [*addresses(site, None, fill(alice)), "/nowhere/"], faults_of)
    page = open_browser(mallory, size=size, **options)
    faults += walk(page, EMPTY_PAGES, faults_of)
    assert not faults, "\n".join(faults)
