"""The JSON API of skill trees."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from goals.models import Goal, SkillNode, SkillTree
from memoryloop.api import api as api_of_the_project
from tests.api import ApiClient
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory, SkillTreeFactory

pytestmark = pytest.mark.django_db
SKILLS = "/skill-nodes"


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


@pytest.fixture
def goal(alice: User) -> Goal:
    goal: Goal = GoalFactory(owner=alice)
    return goal


def tree_path(goal: Goal) -> str:
    return f"/goals/{goal.pk}/skill-tree"


def outline(body: dict[str, Any]) -> list[str]:
    return ["  " * (node["depth"] - 1) + node["title"] for node in body["nodes"]]


def test_a_tree_grows_skill_by_skill(api: ApiClient, goal: Goal) -> None:
    assert api.get(tree_path(goal)).body == {"id": None, "status": "none", "origin": None, "revision": 0, "nodes": []}
    nouns = api.post(SKILLS, {"goal_id": goal.pk, "title": " Nouns ", "revision": 0}).body
    assert (nouns["title"], nouns["depth"], nouns["position"], nouns["revision"]) == ("Nouns", 1, 0, 1)
    gender = api.post(SKILLS, {"goal_id": goal.pk, "title": "Gender", "parent_id": nouns["id"], "revision": 1})
    assert gender.status == 201
    grammar = api.post(SKILLS, {"goal_id": goal.pk, "title": "Grammar", "position": 0}).body
    path = f"{SKILLS}/{gender.body['id']}"
    changed = api.patch(path, {"title": "Genders", "parent_id": grammar["id"], "prerequisites": [nouns["id"]]})
    assert (changed.body["parent_id"], changed.body["prerequisites"]) == (grammar["id"], [nouns["id"]])
    assert api.get(path).body == changed.body
    tree = api.get(tree_path(goal)).body
    assert outline(tree) == ["Grammar", "  Genders", "Nouns"]
    assert (tree["status"], tree["origin"], tree["revision"]) == ("accepted", "manual", 4)
    assert api.delete(f"{SKILLS}/{grammar['id']}", revision=4).status == 204
    assert outline(api.get(tree_path(goal)).body) == ["Nouns"]
    assert api.get(path).status == 404
    assert api.post(f"{SKILLS}/{grammar['id']}/restore").body["revision"] == 6
    assert outline(api.get(tree_path(goal)).body) == ["Grammar", "  Genders", "Nouns"]


def test_a_replaced_list_keeps_the_cards_of_the_same_ids(api: ApiClient, goal: Goal, alice: User) -> None:
    tree = SkillTreeFactory(goal=goal)
    kept, gone = SkillNodeFactory(tree=tree, title="Nouns", description="Names"), SkillNodeFactory(tree=tree)
    card = CardFactory(owner=alice, skill=kept)
    nodes = [
        {"id": "00000000-0000-0000-0000-000000000001", "title": "Grammar", "position": 0},
        {"title": "Past", "parent_id": "00000000-0000-0000-0000-000000000001"},
        {**api.get(f"{SKILLS}/{kept.pk}").body, "position": 1, "title": "Names"},
    ]
    replaced = api.put(tree_path(goal), {"revision": 1, "nodes": nodes})
    assert outline(replaced.body) == ["Grammar", "  Past", "Names"]
    assert replaced.body["nodes"][2]["description"] == "Names"
    assert api.get(tree_path(goal)).body == replaced.body
    assert api.get(f"{SKILLS}/{gone.pk}").status == 404
    card.refresh_from_db()
    assert card.skill_id == kept.pk


def test_an_older_revision_gets_the_present_tree(api: ApiClient, goal: Goal) -> None:
    node = SkillNodeFactory(tree__goal=goal, title="Nouns", tree__revision=3)
    path = f"{SKILLS}/{node.pk}"
    present = api.get(tree_path(goal)).body
    present["nodes"][0] |= {"mastery": None, "coverage": None, "cards": None}  # which a conflict does not compute
    for refused in (
        api.patch(path, {"title": "Mine", "revision": 2}),
        api.delete(path, revision=2),
        api.put(tree_path(goal), {"nodes": [], "revision": 4}),
        api.post(SKILLS, {"goal_id": goal.pk, "title": "Mine", "revision": 1}),
    ):
        assert (refused.status, refused.body["type"], refused.body["tree"]) == (409, "tree-changed", present)
    SkillTree.objects.update(status="replaced")
    refused = api.patch(path, {"title": "Mine"})
    assert (refused.status, refused.body["tree"]["status"]) == (409, "none")
    assert SkillNode.objects.get().title == "Nouns"


def test_the_document_has_the_present_tree_of_the_conflict() -> None:
    document = json.loads(json.dumps(api_of_the_project.get_openapi_schema()))
    conflict = document["paths"]["/api/skill-nodes/{skill_node_id}"]["patch"]["responses"]["409"]
    assert "#/components/schemas/PresentTree" in json.dumps(conflict)
    tree = document["components"]["schemas"]["PresentTree"]["properties"]["tree"]
    assert tree == {"$ref": "#/components/schemas/TreeOut"}


def test_a_proposed_tree_is_shown_when_there_is_no_other_or_when_it_is_asked_for(api: ApiClient, goal: Goal) -> None:
    proposed = SkillNodeFactory(tree__goal=goal, tree__status="proposed", title="Proposed")
    assert outline(api.get(tree_path(goal)).body) == ["Proposed"]
    SkillNodeFactory(tree__goal=goal, title="Accepted")
    assert outline(api.get(tree_path(goal)).body) == ["Accepted"]
    assert outline(api.get(tree_path(goal), proposed=True).body) == ["Proposed"]
    assert api.patch(f"{SKILLS}/{proposed.pk}", {"title": "Changed"}).body["title"] == "Changed"


def test_a_skill_is_marked_as_known(api: ApiClient, goal: Goal) -> None:
    path = f"{SKILLS}/{SkillNodeFactory(tree__goal=goal).pk}"
    assert api.get(path).body["known_at"] is None
    assert api.post(f"{path}/known").body["known_at"] == api.get(path).body["known_at"] is not None
    assert api.delete(f"{path}/known").status == 204
    assert api.get(path).body["known_at"] is None
    proposed = SkillNodeFactory(tree__goal=goal, tree__status="proposed")
    assert api.post(f"{SKILLS}/{proposed.pk}/known").status == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "no-skill-title"),
        ({"title": "x" * 201}, "about:blank"),
        ({"description": "x" * 2_001}, "about:blank"),
        ({"position": -1}, "about:blank"),
        ({"title": None}, "about:blank"),
        ({"parent_id": "itself"}, "about:blank"),
        ({"prerequisites": [str(uuid4())] * 301}, "about:blank"),
    ],
)
def test_a_bad_change_is_refused(api: ApiClient, goal: Goal, change: dict[str, Any], code: str) -> None:
    node = SkillNodeFactory(tree__goal=goal, title="Nouns")
    refused = api.patch(f"{SKILLS}/{node.pk}", change)
    assert (refused.status, refused.body["type"]) == (422, code)
    assert api.patch(f"{SKILLS}/{node.pk}", {"parent_id": node.pk}).body["type"] == "below-itself"
    assert SkillNode.objects.get().title == "Nouns"


def test_rows_of_other_trees_and_users_are_not_found(api: ApiClient, goal: Goal, alice: User) -> None:
    node = SkillNodeFactory(tree__goal=goal)
    for other in (SkillNodeFactory(), SkillNodeFactory(tree__goal__owner=alice)):
        assert api.patch(f"{SKILLS}/{node.pk}", {"parent_id": other.pk}).status == 404
        assert api.patch(f"{SKILLS}/{node.pk}", {"prerequisites": [other.pk]}).status == 404
        assert api.post(SKILLS, {"goal_id": goal.pk, "parent_id": other.pk, "title": "x"}).status == 404
        body = {"nodes": [{"title": "x", "parent_id": str(other.pk)}]}
        assert api.put(tree_path(goal), body).status == 404
    assert api.put(f"/goals/{GoalFactory().pk}/skill-tree", {"nodes": []}).status == 404
    assert goal.trees.get().nodes.count() == 1
