from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from providers.services import store_key
from tests.browser.test_accessibility import problems_of
from tests.stand_ins.claude import GOOD_KEY


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_page_of_keys_is_whole_at_each_size(
    open_browser: Callable[..., Page], alice: User, size: str, colours: str
) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    page = open_browser(alice, size=size, color_scheme=colours)
    page.goto("/settings/keys/")
    expect(page.get_by_text("Not checked")).to_be_visible()
    expect(page.get_by_text("ollama serve")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems_of(page) == []


def test_a_key_is_pasted_and_never_shown_again(open_browser: Callable[..., Page], alice: User) -> None:
    page = open_browser(alice)
    page.goto("/settings/keys/")
    page.get_by_label("API key").fill(GOOD_KEY)
    page.get_by_role("button", name="Save key").click()
    expect(page.get_by_text(f"…{GOOD_KEY[-4:]}")).to_be_visible()
    assert GOOD_KEY not in page.content()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Save key")).to_be_visible()
