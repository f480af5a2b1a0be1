"""What every page has: the theme, keyboard shortcuts. Also sign-up and an invalid form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User

OpenBrowser = Callable[..., Page]


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_new_user_is_signed_in_after_signing_up(open_browser: OpenBrowser, size: str) -> None:
    page = open_browser(size=size)
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("Password").fill("a long and quiet sentence")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_invalid_form_shows_its_errors(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".errors")).to_contain_text("not correct")


def test_the_chosen_theme_is_kept(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice, color_scheme="light")
    page.goto("/accounts/logout/")
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != background
    page.get_by_role("button", name="System").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == background


def test_the_question_mark_shows_the_shortcuts_and_escape_closes_them(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice)
    page.goto("/accounts/logout/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_the_first_tab_stop_skips_to_the_content(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice)
    page.goto("/accounts/logout/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
