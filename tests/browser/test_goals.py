"""From a goal to a mastery that moves, by keyboard alone, on a phone: tree, edit, accept, card, study."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from goals.models import Goal
from tests.browser.test_accessibility import TOUCH, faults_on_a_desktop, faults_on_a_phone

OpenBrowser = Callable[..., Page]
MAX_TABS = 80
FOCUSED = """() => {
  const {activeElement: element} = document, label = element.labels?.[0]?.textContent;
  return (element.getAttribute('aria-label') ?? label ?? element.textContent).replace(/\\s+/g, ' ').trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            return
    pytest.fail(f"No Tab leads to “{name}” on {page.url}")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def arrived(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, label)
    page.keyboard.insert_text(text)


def grow(page: Page) -> None:
    """Create the goal, and accept a tree from an outline after changing it."""
    page.goto("/goals/")
    press(page, "New goal")
    expect(page.get_by_label("Goal", exact=True)).to_be_focused()
    page.keyboard.insert_text("Read Spanish newspapers")
    page.keyboard.press("Enter")
    arrived(page, "No skills yet")
    assert faults_on_a_phone(page) == []
    press(page, "Make a skill tree")
    arrived(page, "Grow a skill tree")
    write(page, "Outline", "# Headlines\n- Nouns\n- Missing words\n# Reports\n- Numbers")
    press(page, "Make skills")
    arrived(page, "Proposed skills")
    press(page, "Accept")
    expect(page.locator(".toast")).to_contain_text("The skills are in your tree.")


def edit(page: Page) -> None:
    press(page, "Edit skills")
    arrived(page, "Skill tree")
    write(page, "Add a skill", "Dates")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dates").first).to_be_visible()
    press(page, "Read Spanish newspapers")
    arrived(page, "Skills")


def learn(page: Page) -> None:
    """Add a card to a skill, and answer it."""
    press(page, "Nouns")
    arrived(page, "Nouns")
    press(page, "Add card")
    arrived(page, "Add card")
    expect(page.get_by_label("Skill")).not_to_have_value("")
    write(page, "Question", "What does «la huelga» mean?")
    write(page, "Answer", "The strike")
    press(page, "Add to deck")
    expect(page.locator(".toast")).to_contain_text("Card added")


def study(page: Page) -> None:
    press(page, "Study")
    expect(page.get_by_text("la huelga")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("The strike")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("la huelga")).to_be_hidden()


def test_from_a_goal_to_its_mastery_by_keyboard_on_a_phone(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice, size="phone", **TOUCH)
    grow(page)
    edit(page)
    learn(page)
    goal = Goal.objects.get(owner=alice)
    page.goto(goal.get_absolute_url())
    expect(page.locator(".stat").first).to_contain_text("0%")
    study(page)
    page.goto(goal.get_absolute_url())
    expect(page.locator(".stat").first).to_contain_text("100%")  # of one card, answered a moment ago
    assert faults_on_a_phone(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    assert faults_on_a_desktop(page) == []
    expect(page.locator("svg.tree-drawing")).to_be_visible()
    tab_to(page, "Headlines")  # in the outline, which appears with the focus
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 10
