"""Studying a skill by keyboard alone, ahead of the dates, and proving to know it by a test."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from goals.models import SkillNode
from quiz.models import Review, SkillTest
from tests.factories import CardFactory, SkillNodeFactory

OpenBrowser = Callable[..., Page]


def test_a_skill_is_studied_ahead_and_known_by_a_test_by_keyboard_alone(open_browser: OpenBrowser, alice: User) -> None:
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Spanish", title="Past tenses")
    CardFactory(owner=alice, skill=skill, question="Fui?", answer="I went")
    ahead = {"reviewed": True, "due": timezone.now() + timedelta(days=5)}
    CardFactory.create_batch(4, owner=alice, skill=skill, **ahead)
    CardFactory(owner=alice, question="Something else?")
    page = open_browser(alice)
    page.goto(f"/study/?skill={skill.pk}")
    expect(page.get_by_role("heading", name="Past tenses")).to_be_visible()
    good, show_answer = page.get_by_role("button", name="Good"), page.get_by_role("button", name="Show answer")
    page.keyboard.press("Space")
    expect(good).to_be_focused()
    page.keyboard.press("4")
    expect(page.get_by_text("Done for today")).to_be_visible()
    page.keyboard.press("u")
    expect(show_answer).to_be_focused()
    page.keyboard.press("Space")
    expect(good).to_be_focused()
    expect(page.get_by_text("I went")).to_be_visible()
    page.keyboard.press("4")
    page.get_by_role("link", name="Study 4 cards ahead").press("Enter")
    for _ in range(4):
        expect(show_answer).to_be_visible()
        page.keyboard.press("Space")
        expect(good).to_be_focused()
        page.keyboard.press("Enter")
        expect(good).to_be_hidden()
    expect(page.get_by_text("Done for today")).to_be_visible()
    page.goto(f"/goals/skills/{skill.pk}/test/")
    page.get_by_role("button", name="Start the test").press("Enter")
    knew_it = page.get_by_role("button", name="Knew it")
    for key in "12222":
        expect(show_answer).to_be_focused()
        page.keyboard.press("Space")
        expect(knew_it).to_be_focused()
        page.keyboard.press(key)
        expect(knew_it).to_be_hidden()
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    skill.refresh_from_db()
    assert (SkillTest.objects.get().passed, skill.known_at is None, Review.objects.count()) == (True, False, 5)
