"""axe-core on every page, in both sets of colours and at both sizes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RUN = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


def problems_of(page: Page) -> list[str]:
    """One line for each thing axe finds; it runs outside the page's policy, as an extension would."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_axe_finds_nothing_on_the_way_in(open_browser: Callable[..., Page], size: str, colours: str) -> None:
    page = open_browser(size=size, color_scheme=colours)
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"):
        page.goto(address)
        assert problems_of(page) == [], address


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_in_the_account(open_browser: Callable[..., Page], alice: User, colours: str) -> None:
    page = open_browser(alice, color_scheme=colours)
    for address in ("/accounts/email/", "/accounts/password/change/", "/accounts/sessions/", "/accounts/logout/"):
        page.goto(address)
        assert problems_of(page) == [], address
