"""The whole loop of a new user: sign up, chat, search, make cards, review by keyboard, look at the progress."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.waiting import wait_until

OpenBrowser = Callable[..., Page]
NOTES = (
    "Photosynthesis is the process by which plants turn light into chemical energy. "
    "The light reactions take place in the thylakoid membranes and make ATP and NADPH. "
    "Chlorophyll is the green pigment that absorbs red and blue light. "
    "Starch is the form in which plants store sugar."
)


def sign_up(page: Page) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("newcomer@example.org")
    page.get_by_label("Password").fill("a long and quiet sentence")
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("/")


def chat(page: Page) -> None:
    page.get_by_label("Your first message").fill(NOTES)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.assistant")).to_contain_text("chemical energy", timeout=15_000)
    expect(page.get_by_role("button", name="Make cards")).to_be_visible(timeout=15_000)


def find(page: Page) -> None:
    """By meaning and by keywords: the question is not a sentence of the notes."""
    page.goto("/search/")
    question = page.get_by_role("searchbox")
    question.fill("which color of light does the green pigment take up")

    def search_finds_it() -> bool:
        question.press("Enter")
        expect(page.locator("#results:not(.stale)")).to_be_visible()  # another Enter would replace this search
        return page.locator(".result").count() > 0

    wait_until(search_finds_it, 20)
    page.locator(".result").first.get_by_role("link").click()
    expect(page.locator(".message:target")).to_be_visible()


def make_cards(page: Page) -> int:
    page.get_by_role("button", name="Make cards").click()
    page.wait_for_url("**/cards/generations/**")
    proposals = page.locator(".proposal")
    expect(proposals.first).to_be_visible(timeout=20_000)
    number = proposals.count()
    proposals.first.get_by_role("button", name="Discard").click()
    expect(proposals).to_have_count(number - 1)
    page.get_by_role("button", name=re.compile("Add")).first.click()
    expect(page.get_by_role("heading", name="No drafts left")).to_be_visible()
    return number - 1


def review(page: Page, cards: int) -> None:
    """Rate each card Easy, so that none comes back today."""
    page.get_by_role("link", name="Review now").click()
    for _card in range(cards):
        expect(page.get_by_role("button", name="Show answer")).to_be_visible()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Easy")).to_be_visible()
        page.keyboard.press("4")
        expect(page.get_by_role("button", name="Easy")).to_be_hidden()
    expect(page.get_by_role("heading", name="Done for today")).to_be_visible()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_new_user_goes_through_the_whole_loop(open_browser: OpenBrowser, size: str) -> None:
    page = open_browser(size=size)
    sign_up(page)
    chat(page)
    find(page)
    cards = make_cards(page)
    review(page, cards)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name=re.compile("Show answer|Easy")).first).to_be_visible()
    page.goto("/progress/")
    expect(page.locator(".stat", has_text="Reviews")).to_contain_text(str(cards - 1))
