import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from goals.models import Goal, SkillNode, SkillTree
from goals.trees import services
from tests.factories import GoalFactory, SkillNodeFactory, SkillTreeFactory

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def goal(alice: User) -> Goal:
    goal: Goal = GoalFactory(owner=alice, title="Read Spanish")
    return goal


@pytest.fixture
def tree(goal: Goal) -> SkillTree:
    tree: SkillTree = SkillTreeFactory(goal=goal)
    for number, title in enumerate(["Nouns", "Grammar", "Sounds"]):
        SkillNodeFactory(tree=tree, title=title, position=number)
    return tree


def skill(title: str) -> SkillNode:
    return SkillNode.objects.get(title=title)


def titles(tree: SkillTree) -> list[str]:
    return list(tree.nodes.filter(deleted_at=None).in_order().values_list("title", flat=True))


def url(name: str, goal: Goal) -> str:
    return reverse(f"goals:{name}", args=[goal.pk])


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_tree_is_begun_by_hand(browser: Client, goal: Goal) -> None:
    assert "No skills yet" in text(browser.get(url("tree-edit", goal)))
    created = browser.post(url("skill-create", goal), {"title": "Nouns", "revision": 0}, follow=True)
    nouns = skill("Nouns")
    assert created.redirect_chain[0][0] == f"{url('tree-edit', goal)}?changed={nouns.pk}&below=#skill-{nouns.pk}"
    assert 'data-announcement="Nouns: level 1, 1 of 1."' in text(created)
    browser.post(url("skill-create", goal), {"title": "Gender", "below": nouns.pk, "revision": 1})
    assert skill("Gender").parent == nouns
    assert nouns.tree.status == "accepted"


def test_a_skill_is_changed_in_place(browser: Client, goal: Goal, tree: SkillTree) -> None:
    nouns, sounds = skill("Nouns"), skill("Sounds")
    opened = text(browser.get(url("tree-edit", goal), {"skill": str(nouns.pk)}))
    assert 'aria-expanded="true"' in opened
    assert f'value="{sounds.pk}"' in opened
    form = {"skill": nouns.pk, "revision": 1, "title": "<b>Names</b>", "description": "x", "prerequisites": [sounds.pk]}
    saved = text(browser.post(url("skill-edit", goal), form, follow=True, headers=FRAGMENT))
    assert "&lt;b&gt;Names&lt;/b&gt;" in saved
    assert "builds on 1" in saved
    assert "<html" not in saved
    nouns.refresh_from_db()
    assert (nouns.title, nouns.description, list(nouns.prerequisites.all())) == ("<b>Names</b>", "x", [sounds])


def test_skills_that_would_make_a_circle_are_not_offered(browser: Client, goal: Goal, tree: SkillTree) -> None:
    services.change_skill(skill=skill("Nouns"), prerequisites=[skill("Sounds").pk])
    below = SkillNodeFactory(parent=skill("Sounds"), title="Vowels")
    opened = text(browser.get(url("tree-edit", goal), {"skill": str(skill("Sounds").pk)}))
    offered = re.findall(r'name="prerequisites"\s+value="([^"]+)"', opened)
    assert offered == [str(skill("Grammar").pk)]
    assert str(below.pk) in opened


@pytest.mark.parametrize(
    "form", [{"title": ""}, {"title": "x" * 201}, {"description": "x" * 2_001}, {"prerequisites": ["x"]}]
)
def test_an_invalid_form_is_shown_again(browser: Client, goal: Goal, tree: SkillTree, form: dict[str, Any]) -> None:
    whole = {"skill": skill("Nouns").pk, "revision": 1, "title": "Names", "description": "kept", **form}
    refused = browser.post(url("skill-edit", goal), whole)
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in text(refused)
    assert whole["description"] in text(refused)
    assert titles(tree) == ["Nouns", "Grammar", "Sounds"]


def test_a_new_skill_without_a_title_is_refused(browser: Client, goal: Goal, tree: SkillTree) -> None:
    refused = browser.post(url("skill-create", goal), {"title": " ", "revision": 1})
    assert refused.status_code == 422
    assert tree.nodes.count() == 3


def test_a_skill_is_moved_and_the_new_place_is_announced(browser: Client, goal: Goal, tree: SkillTree) -> None:
    form = {"skill": skill("Sounds").pk, "move": "up", "revision": 1}
    moved = text(browser.post(url("skill-move", goal), form, follow=True, headers=FRAGMENT))
    assert titles(tree) == ["Nouns", "Sounds", "Grammar"]
    assert 'data-announcement="Sounds: level 1, 2 of 3."' in moved
    assert re.search(rf"skill={skill('Sounds').pk}[^>]*data-focus", moved)
    form = {"skill": skill("Sounds").pk, "move": "into", "target": skill("Grammar").pk, "revision": 2}
    browser.post(url("skill-move", goal), form)
    assert skill("Sounds").parent == skill("Grammar")


def test_a_move_that_is_not_possible_leaves_the_page_as_it_is(browser: Client, goal: Goal, tree: SkillTree) -> None:
    form = {"skill": skill("Nouns").pk, "move": "up", "revision": 1}
    refused = browser.post(url("skill-move", goal), form, headers=FRAGMENT)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#toasts")
    assert browser.post(url("skill-move", goal), {**form, "move": "around"}).status_code == 422
    assert browser.post(url("skill-move", goal), {"skill": "x"}).status_code == 422


def test_a_deleted_skill_can_be_restored(browser: Client, goal: Goal, tree: SkillTree) -> None:
    nouns = skill("Nouns")
    page = text(browser.post(url("skill-delete", goal), {"skill": nouns.pk, "revision": 1}, follow=True))
    restore = reverse("goals:skill-restore", args=[nouns.pk])
    assert restore in page
    assert titles(tree) == ["Grammar", "Sounds"]
    assert re.search(rf"skill={skill('Grammar').pk}[^>]*data-focus", page), "the focus is on the next skill"
    browser.post(restore)
    assert titles(tree) == ["Nouns", "Grammar", "Sounds"]


def test_a_conflict_shows_the_present_tree_and_keeps_what_was_typed(
    browser: Client, goal: Goal, tree: SkillTree
) -> None:
    nouns, sounds = skill("Nouns"), skill("Sounds")
    services.change_skill(skill=sounds, title="Phonetics")
    form = {"skill": nouns.pk, "revision": 1, "title": "Names", "description": "A long thought", "prerequisites": []}
    refused = browser.post(url("skill-edit", goal), form, headers=FRAGMENT)
    page = text(refused)
    assert (refused.status_code, refused["HX-Retarget"]) == (409, "#tree")
    for part in ("Phonetics", 'value="Names"', "A long thought", 'name="revision" value="2"', "nothing was saved yet"):
        assert part in page
    assert skill("Nouns").description == ""
    assert browser.post(url("skill-edit", goal), {**form, "revision": 2}).status_code == 302
    assert skill("Names").description == "A long thought"


def test_what_was_typed_for_a_skill_that_is_gone_is_shown(browser: Client, goal: Goal, tree: SkillTree) -> None:
    nouns = skill("Nouns")
    services.delete_skill(skill=nouns, at=timezone.now())
    form = {"skill": nouns.pk, "revision": 1, "title": "Names", "description": "A <i>long</i> thought"}
    refused = browser.post(url("skill-edit", goal), form)
    assert refused.status_code == 409
    assert "A &lt;i&gt;long&lt;/i&gt; thought" in text(refused)
    refused = browser.post(url("skill-create", goal), {"title": "Numbers", "below": nouns.pk, "revision": 1})
    assert refused.status_code == 409
    assert 'value="Numbers"' in text(refused)
    for name in ("skill-move", "skill-delete"):
        stale = {"skill": skill("Sounds").pk, "move": "up", "revision": 1}
        assert browser.post(url(name, goal), stale).status_code == 409
    assert titles(tree) == ["Grammar", "Sounds"]


def test_a_proposed_tree_is_edited_beside_the_accepted_one(browser: Client, goal: Goal, tree: SkillTree) -> None:
    proposed = SkillNodeFactory(tree=SkillTreeFactory(goal=goal, status="proposed"), title="Proposed")
    page = text(browser.get(url("tree-edit", goal), {"tree": str(proposed.tree_id)}))
    assert "This tree is a proposal." in page
    assert "Nouns" not in page
    form = {"title": "More", "revision": 1}
    added = browser.post(f"{url('skill-create', goal)}?tree={proposed.tree_id}", form, follow=True)
    assert titles(proposed.tree) == ["Proposed", "More"]
    assert "This tree is a proposal." in text(added)
    other = SkillTreeFactory(goal__owner=goal.owner)
    assert browser.get(url("tree-edit", goal), {"tree": str(other.pk)}).status_code == 404
    assert browser.get(url("tree-edit", goal), {"tree": "x", "skill": "y"}).status_code == 200


def test_a_skill_is_marked_as_known_from_its_panel(browser: Client, goal: Goal, tree: SkillTree) -> None:
    panel = text(browser.get(url("tree-edit", goal), {"skill": str(skill("Nouns").pk)}))
    assert "Mark as known" in panel
    known = reverse("quiz:skill-known", args=[skill("Nouns").pk])
    assert known in panel
    page = text(browser.post(known, {"back": "tree", "known": "1"}, follow=True))
    assert 'class="skills"' in page
    assert "chip good" in page
    assert skill("Nouns").known_at is not None


def test_a_large_tree_takes_few_queries(
    browser: Client, goal: Goal, tree: SkillTree, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        SkillNodeFactory(parent=skill("Nouns"), position=number)
    with django_assert_max_num_queries(8):
        browser.get(url("tree-edit", goal), {"skill": str(skill("Nouns").pk)})
