"""Growing a tree as a program does it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from goals.growing.worker import grow_tree
from goals.models import Goal, TreeRun
from tests.api import ApiClient
from tests.factories import CardFactory, GoalFactory, TreeRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


@pytest.fixture
def goal(alice: User) -> Goal:
    row: Goal = GoalFactory(owner=alice)
    return row


def tree_of(goal: Goal) -> str:
    return f"/goals/{goal.pk}/skill-tree"


def titles(tree: Any) -> list[str]:
    return [node["title"] for node in tree["nodes"]]


def test_a_model_is_asked_and_its_proposal_accepted(api: ApiClient, goal: Goal) -> None:
    started = api.post(tree_of(goal), {"provider": "builtin"})
    assert (started.status, started.body["status"], started.body["tree_id"]) == (202, "running", None)
    run = f"{tree_of(goal)}/runs/{started.body['id']}"
    assert api.post(tree_of(goal), {}).status == 409
    assert api.get(tree_of(goal)).body["status"] == "running"
    grow_tree(run_id=TreeRun.objects.get().pk)
    done = api.get(run).body
    assert done["status"] == "done"
    assert done["received"][0] == "Basics"
    assert api.get(tree_of(goal)).body["status"] == "proposed"
    accepted = api.post(f"{tree_of(goal)}/proposal/accept", {})
    assert (accepted.status, accepted.body["status"], accepted.body["id"]) == (200, "accepted", done["tree_id"])
    assert api.get(f"{tree_of(goal)}/proposal").status == 409
    assert api.post(f"{run}/cancel", {}).body["status"] == "done"


def test_an_outline_is_a_proposal_at_once(api: ApiClient, goal: Goal) -> None:
    answer = api.post(tree_of(goal), {"outline": "- Nouns\n- Tenses\n- Nouns"})
    assert (answer.status, answer.body["id"], answer.body["status"]) == (202, None, "done")
    proposal = api.get(f"{tree_of(goal)}/proposal").body
    assert (proposal["tree"]["id"], titles(proposal["tree"])) == (answer.body["tree_id"], ["Nouns", "Tenses"])
    assert proposal["corrections"] == ["1 skill had the title of its neighbor and was joined with it."]
    assert api.delete(f"{tree_of(goal)}/proposal").status == 204
    assert api.get(tree_of(goal)).body["status"] == "none"


def test_what_is_in_use_is_listed_and_kept_unless_it_is_let_go(api: ApiClient, goal: Goal) -> None:
    api.post(tree_of(goal), {"outline": "- Nouns\n- Tenses\n- Moods"})
    first = api.post(f"{tree_of(goal)}/proposal/accept", {}).body
    ids = dict(zip(titles(first), [node["id"] for node in first["nodes"]], strict=True))
    for title in ("Nouns", "Tenses"):
        CardFactory(owner=goal.owner, skill_id=ids[title])
    api.post(tree_of(goal), {"outline": "- Words\n- Sounds"})
    proposal = api.get(f"{tree_of(goal)}/proposal").body
    assert [(entry["title"], entry["use"]) for entry in proposal["in_use"]] == [
        ("Nouns", ["1 card"]),
        ("Tenses", ["1 card"]),
    ]
    assert [entry["title"] for entry in proposal["unused"]] == ["Moods"]
    stale = api.post(f"{tree_of(goal)}/proposal/accept", {"revision": 7})
    assert (stale.status, stale.body["type"]) == (409, "tree-changed")
    accepted = api.post(f"{tree_of(goal)}/proposal/accept", {"let_go": [ids["Tenses"]]}).body
    assert titles(accepted) == ["Words", "Sounds", "Nouns"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"outline": "Prose. Nothing else."}, 422),
        ({"provider": "unknown"}, 422),
        ({"provider": "claude"}, 422),
        ({"outline": "x" * 500_001}, 413),
        ({"skill_node_id": str(uuid4())}, 404),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(
    api: ApiClient, goal: Goal, body: dict[str, object], status: int
) -> None:
    assert api.post(tree_of(goal), body).status == status
    assert not TreeRun.objects.exists()
    assert not goal.trees.exists()


def test_a_goal_is_created_with_its_tree(api: ApiClient, alice: User) -> None:
    created = api.post("/goals", {"title": "Read Spanish", "tree": True})
    assert created.status == 201
    assert TreeRun.objects.get().goal_id == alice.goals.get().pk
    for _number in range(2):
        TreeRunFactory(goal__owner=alice)
    refused = api.post("/goals", {"title": "Play the piano", "tree": True})
    assert (refused.status, refused.body["type"]) == (429, "too-many-tree-runs")
    assert not alice.goals.filter(title="Play the piano").exists()
