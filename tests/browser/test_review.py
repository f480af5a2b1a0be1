"""Reviewing by keyboard alone, and cards from a text that reach the deck."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from flashcards.models import Card, CardStatus
from flashcards.services import create_card
from quiz.models import Review
from tests.waiting import wait_until

OpenBrowser = Callable[..., Page]


def test_a_review_by_keyboard_alone(open_browser: OpenBrowser, alice: User) -> None:
    for question in ("First?", "Second?"):
        create_card(owner=alice, question=question, answer=f"Answer of {question}")
    page = open_browser(alice)
    page.goto("/review/")
    page.keyboard.press("3")  # nothing is rated before its answer is seen
    expect(page.get_by_text("First?", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("Answer of First?")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("Second?", exact=True)).to_be_visible()
    assert Review.objects.get().rating == 4
    page.keyboard.press("u")
    expect(page.get_by_text("First?", exact=True)).to_be_visible()
    assert not Review.objects.exists()
    page.keyboard.press("-")
    expect(page.get_by_text("Second?", exact=True)).to_be_visible()
    page.keyboard.press("@")
    expect(page.get_by_text("Nothing is due")).to_be_visible()
    assert set(Card.objects.values_list("status", flat=True)) == {CardStatus.BURIED, CardStatus.SUSPENDED}


def test_the_time_on_a_card_is_recorded(open_browser: OpenBrowser, alice: User) -> None:
    create_card(owner=alice, question="First?", answer="Yes")
    page = open_browser(alice)
    page.goto("/review/")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Good").click()
    review = wait_until(Review.objects.first)
    assert 0 < review.duration_ms < 60_000


def test_a_double_click_is_one_review(open_browser: OpenBrowser, alice: User) -> None:
    create_card(owner=alice, question="First?", answer="Yes")
    page = open_browser(alice)
    page.goto("/review/")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Easy").dblclick()
    expect(page.get_by_text("Done for today")).to_be_visible()
    assert Review.objects.count() == 1


def test_an_edit_returns_to_the_card(open_browser: OpenBrowser, alice: User) -> None:
    create_card(owner=alice, question="First?", answer="Yes")
    page = open_browser(alice)
    page.goto("/review/")
    page.keyboard.press("e")
    page.get_by_label("Question").fill("Better?")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".review-card").get_by_text("Better?")).to_be_visible()


def test_a_review_works_without_javascript(open_browser: OpenBrowser, alice: User) -> None:
    create_card(owner=alice, question="First?", answer="Yes")
    page = open_browser(alice, java_script_enabled=False)
    page.goto("/review/")
    page.get_by_role("button", name="Show answer").click()
    page.get_by_role("button", name="Good").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("First?", exact=True)).to_be_visible()
    assert not Review.objects.exists()


def test_cards_from_a_text_reach_the_deck(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice)
    page.goto("/cards/generate/")
    page.get_by_label("Text").fill("A mitochondrion is an organelle that makes ATP. A ribosome builds proteins.")
    page.get_by_role("button", name="Make cards").click()
    expect(page.locator(".proposal").first).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Add to deck").last.click()
    wait_until(Card.objects.in_deck().exists)
    expect(page.locator(".toast").first).to_contain_text("added to your deck")
