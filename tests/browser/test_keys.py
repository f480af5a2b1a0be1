from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from providers.services import store_key
from tests.stand_ins.claude import GOOD_KEY


def test_the_key_page_shows_what_is_missing(open_browser: Callable[..., Page], alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    page = open_browser(alice)
    page.goto("/settings/keys/")
    expect(page.get_by_text("Not checked")).to_be_visible()
    expect(page.get_by_text("ollama serve")).to_be_visible()


def test_a_saved_key_is_never_shown_again(open_browser: Callable[..., Page], alice: User) -> None:
    page = open_browser(alice)
    page.goto("/settings/keys/")
    page.get_by_label("API key").fill(GOOD_KEY)
    page.get_by_role("button", name="Save key").click()
    expect(page.get_by_text(f"…{GOOD_KEY[-4:]}")).to_be_visible()
    assert GOOD_KEY not in page.content()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Save key")).to_be_visible()
