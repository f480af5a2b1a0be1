"""From a goal to an accepted tree in a browser, with a real worker."""

import json
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from goals.models import Goal, SkillNode
from tests.browser.test_accessibility import TOUCH, faults_on_a_desktop, faults_on_a_phone
from tests.factories import CardFactory, GoalFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn

TREE = {
    "branches": [
        {
            "title": title,
            "description": f"Reads the {title.lower()} of a newspaper.",
            "requires": [],
            "skills": [{"title": f"{title} {word}", "description": "", "requires": [], "skills": []} for word in words],
        }
        for title, words in {"Headlines": ["Nouns", "Missing words"], "Reports": ["Past tense", "Numbers"]}.items()
    ]
}
OUTLINE = """Read newspapers ........ 1
1. Sections ........ 2
   1.1 Sports ........ 3
2. Headlines ........ 9
      a) One that is deeper
         i) and one that is too deep
2. Headlines ........ 9"""


def skill_titles(goal: Goal) -> list[str]:
    return list(SkillNode.objects.accepted().filter(tree__goal=goal).in_order().values_list("title", flat=True))


def test_a_tree_is_grown_watched_and_accepted(
    open_browser: Callable[..., Page], alice: User, ollama_up: OllamaStandIn
) -> None:
    goal = GoalFactory(owner=alice, title="Read Spanish newspapers")
    ollama_up.structured_reply, ollama_up.pace = json.dumps(TREE), 0.04
    page = open_browser(alice)
    page.goto(reverse("goals:tree-grow", args=[goal.pk]))
    assert faults_on_a_desktop(page) == []
    page.get_by_label("Model", exact=True).evaluate(
        "(select, value) => select.add(new Option(value, value, true, true))", f"ollama:{CHAT_MODEL}"
    )
    page.get_by_role("button", name="Propose skills").press("Enter")
    expect(page.get_by_text("Headlines Nouns")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert faults_on_a_desktop(page) == []
    expect(page.get_by_role("heading", name="Proposed skills")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Reports Numbers")).to_be_visible()
    assert faults_on_a_desktop(page) == []
    page.get_by_role("button", name="Accept").press("Enter")
    expect(page.locator(".toast")).to_contain_text("The skills are in your tree.")
    assert len(skill_titles(goal)) == 6

    CardFactory(owner=alice, skill=SkillNode.objects.get(title="Reports Numbers"))
    phone = open_browser(alice, size="phone", java_script_enabled=False, **TOUCH)
    phone.goto(reverse("goals:tree-grow", args=[goal.pk]))
    phone.get_by_label("Outline", exact=True).fill(OUTLINE)
    phone.get_by_role("button", name="Make skills").click()
    expect(phone.get_by_label("Reports Numbers 1 card")).to_be_checked()
    phone.get_by_role("button", name="Accept").click()
    expect(phone.get_by_text("The skills are in your tree.")).to_be_visible()
    assert "Reports Numbers" in skill_titles(goal)
    assert "Sports" in skill_titles(goal)


def test_the_pages_fit_a_phone(open_browser: Callable[..., Page], alice: User) -> None:
    goal = GoalFactory(owner=alice, title="Read Spanish newspapers")
    page = open_browser(alice, size="phone", **TOUCH)
    page.goto(reverse("goals:tree-grow", args=[goal.pk]))
    assert faults_on_a_phone(page) == []
    page.get_by_label("Outline", exact=True).fill(f"{OUTLINE}\n3. {'a_word_that_is_too_long_' * 8}")
    page.get_by_role("button", name="Make skills").click()
    expect(page.get_by_role("heading", name="Proposed skills")).to_be_visible()
    assert faults_on_a_phone(page) == []
