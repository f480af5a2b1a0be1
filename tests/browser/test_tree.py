"""The tree editor in a browser: by keys, by dragging, on a phone and without scripts."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from goals.models import SkillNode, SkillTree
from goals.trees import services
from goals.trees.queries import read_tree
from tests.browser.test_accessibility import faults_on_a_desktop, faults_on_a_phone
from tests.factories import SkillNodeFactory, SkillTreeFactory
from tests.waiting import wait_until

GRAMMAR = ["Nouns", "  Gender", "  Cases", "Grammar", "  Past", "Sounds"]


def planted(owner: User) -> SkillTree:
    tree: SkillTree = SkillTreeFactory(goal__owner=owner, goal__title="Read Spanish newspapers")
    above: list[SkillNode | None] = [None, None, None]
    for position, line in enumerate(GRAMMAR):
        depth = (len(line) - len(line.lstrip())) // 2
        parent = above[depth - 1] if depth else None
        above[depth] = SkillNodeFactory(tree=tree, parent=parent, title=line.strip(), position=position)
    return tree


def outline(tree: SkillTree) -> list[str]:
    return ["  " * (node.depth - 1) + node.title for node in read_tree(tree)]


def test_a_tree_is_edited_by_keys_and_by_dragging(open_browser: Callable[..., Page], alice: User) -> None:
    tree = planted(alice)
    page = open_browser(alice)
    page.goto(reverse("goals:tree-edit", args=[tree.goal_id]))
    focused = page.locator(":focus")
    keys = page.keyboard
    title_field, add_field = page.get_by_label("Title", exact=True), page.get_by_label("Add a skill")
    # Walk: down to Gender, to its parent, and to the first one below that.
    page.get_by_role("link", name="Nouns").focus()
    for key, title in [("ArrowDown", "Gender"), ("ArrowLeft", "Nouns"), ("ArrowRight", "Gender"), ("End", "Sounds")]:
        keys.press(key)
        expect(focused).to_have_text(title)
    # Move: the focus stays on the skill, and its new place is announced.
    keys.press("Alt+ArrowUp")
    expect(page.locator("#tree-status")).to_have_text("Sounds: level 1, 2 of 3.")
    expect(focused).to_have_text("Sounds")
    keys.press("Alt+ArrowRight")
    expect(page.locator("#tree-status")).to_have_text("Sounds: level 2, 3 of 3.")
    assert outline(tree) == ["Nouns", "  Gender", "  Cases", "  Sounds", "Grammar", "  Past"]
    # Rename: Enter opens the form, Enter saves it, and Escape closes it.
    keys.press("Enter")
    expect(title_field).to_be_focused()
    assert faults_on_a_desktop(page) == []
    keys.press("Escape")
    expect(focused).to_have_text("Sounds")
    keys.press("F2")
    expect(title_field).to_be_focused()
    title_field.fill("Phonetics")
    keys.press("Enter")
    expect(focused).to_have_text("Phonetics")
    # Delete with undo: the focus goes to the skill before.
    keys.press("Delete")
    expect(focused).to_have_text("Cases")
    expect(page.locator(".toast")).to_contain_text("Skill deleted.")
    keys.press("Control+z")
    expect(page.get_by_role("link", name="Phonetics")).to_be_visible()
    # Add below: several, one after the other.
    page.get_by_role("link", name="Past").focus()
    keys.press("Insert")
    for title in ("Regular", "Irregular"):
        expect(add_field).to_be_focused()
        keys.type(title)
        keys.press("Enter")
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
        expect(add_field).to_have_value("")
    expected = ["Nouns", "  Gender", "  Cases", "  Phonetics", "Grammar", "  Past", "    Regular", "    Irregular"]
    assert outline(tree) == expected
    # Drag the grip of Gender to the middle of Past.
    grip, row = (page.locator(".skill-row", has_text=title) for title in ("Gender", "Past"))
    grip.locator(".skill-grip").drag_to(row)
    expect(page.locator("#tree-status")).to_have_text("Gender: level 3, 3 of 3.")
    assert outline(tree)[-1] == "    Gender"
    # Another tab changes the tree: nothing that is typed here is lost.
    page.get_by_role("link", name="Cases").click()
    expect(title_field).to_be_focused()
    title_field.fill("The four cases")
    services.change_skill(skill=tree.nodes.get(title="Grammar"), title="Syntax")
    keys.press("Enter")
    expect(page.locator(".notice")).to_contain_text("The tree was changed elsewhere")
    expect(page.get_by_role("link", name="Syntax")).to_be_visible()
    expect(title_field).to_have_value("The four cases")
    expect(title_field).to_be_focused()
    keys.press("Enter")
    expect(focused).to_have_text("The four cases")
    assert "  The four cases" in outline(tree)


def test_a_tree_is_edited_on_a_phone(open_browser: Callable[..., Page], alice: User) -> None:
    tree = planted(alice)
    page = open_browser(alice, size="phone", has_touch=True, is_mobile=True)
    page.goto(reverse("goals:tree-edit", args=[tree.goal_id]))
    page.get_by_role("link", name="Past").tap()
    expect(page.locator(".skill-panel")).to_be_visible()
    assert faults_on_a_phone(page) == []
    page.get_by_label("Move below").first.select_option("Nouns")
    page.get_by_role("button", name="Move below").tap()
    wait_until(lambda: outline(tree) == ["Nouns", "  Gender", "  Cases", "  Past", "Grammar", "Sounds"], 10)


def test_a_tree_is_edited_without_scripts(open_browser: Callable[..., Page], alice: User) -> None:
    tree = planted(alice)
    page = open_browser(alice, java_script_enabled=False)
    page.goto(reverse("goals:tree-edit", args=[tree.goal_id]))
    page.get_by_role("link", name="Gender").click()
    page.get_by_role("button", name="Move down").click()
    page.get_by_role("link", name="Grammar").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Add a skill").fill("Letters")
    page.get_by_label("Below").select_option("Sounds")
    page.get_by_role("button", name="Add").click()
    assert outline(tree) == ["Nouns", "  Cases", "  Gender", "Grammar", "  Past", "Sounds", "  Letters"]
