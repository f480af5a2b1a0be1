from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.api import ApiClient
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db
GOALS = "/goals"
MEASURES = {"mastery", "coverage"}


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


def test_a_goal_is_created_changed_and_deleted(api: ApiClient) -> None:
    created = api.post(GOALS, {"title": "  Read   Spanish ", "target_date": "2027-03-14"})
    assert created.status == 201
    goal = created.body
    assert (goal["title"], goal["target_date"], goal["status"]) == ("Read Spanish", "2027-03-14", "active")
    changed = api.patch(f"{GOALS}/{goal['id']}", {"status": "paused", "desired_retention": 0.85})
    assert (changed.body["status"], changed.body["desired_retention"]) == ("paused", 0.85)
    assert changed.body["target_date"] == "2027-03-14"
    replaced = api.put(f"{GOALS}/{goal['id']}", {"title": "Speak Spanish"})
    assert (replaced.body["title"], replaced.body["target_date"]) == ("Speak Spanish", None)
    assert api.get(f"{GOALS}/{goal['id']}").body == replaced.body
    assert api.delete(f"{GOALS}/{goal['id']}").status == 204
    assert api.get(f"{GOALS}/{goal['id']}").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "x" * 201},
        {"title": "Read", "target_date": "tomorrow"},
        {"title": "Read", "desired_retention": 0.5},
        {"title": "Read", "description": "x" * 5_001},
    ],
)
def test_bad_input_is_refused_and_creates_nothing(api: ApiClient, alice: User, body: dict[str, object]) -> None:
    assert api.post(GOALS, body).status == 422
    assert not alice.goals.exists()


def test_a_title_of_spaces_is_no_title(api: ApiClient, alice: User) -> None:
    refused = api.post(GOALS, {"title": " \n "})
    assert (refused.status, refused.body["type"]) == (422, "no-title")
    assert not alice.goals.exists()


def test_the_list_has_only_the_users_own_goals(api: ApiClient, alice: User) -> None:
    active, done = GoalFactory(owner=alice), GoalFactory(owner=alice, status="done")
    GoalFactory()
    assert [goal["id"] for goal in api.get(GOALS).body["items"]] == [str(done.pk), str(active.pk)]
    assert [goal["id"] for goal in api.get(GOALS, status="done").body["items"]] == [str(done.pk)]


def test_a_near_duplicate_is_refused_with_the_similar_goals(api: ApiClient, alice: User) -> None:
    goal = GoalFactory(owner=alice, title="Guitar chords")
    refused = api.post(GOALS, {"title": "Learn the chords on guitar"})
    assert (refused.status, refused.body["type"], refused.body["notice"]) == (409, "similar-goal", "")
    similar = {name: value for name, value in api.get(f"{GOALS}/{goal.pk}").body.items() if name not in MEASURES}
    assert refused.body["similar"] == [{"goal": similar, "similarity": 1.0}]
    assert alice.goals.count() == 1
    assert api.post(GOALS, {"title": "Guitar scales"}).status == 201
    assert api.post(GOALS, {"title": "Learn the chords on guitar", "allow_duplicate": True}).status == 201
    assert api.put(f"{GOALS}/{goal.pk}", {"title": "Learn the chords on guitar"}).status == 200


def test_goals_are_merged(api: ApiClient, alice: User) -> None:
    source = SkillNodeFactory(tree__goal__owner=alice, tree__goal__description="For Lima.").tree.goal
    target, stranger = GoalFactory(owner=alice, title="Spanish"), GoalFactory()
    merge = f"{GOALS}/{target.pk}/merge"
    assert api.post(merge, {"goal_id": str(stranger.pk)}).status == 404
    assert api.post(merge, {"goal_id": str(target.pk)}).body["type"] == "same-goal"
    merged = api.post(merge, {"goal_id": str(source.pk)})
    assert (merged.status, merged.body["title"], merged.body["description"]) == (200, "Spanish", "For Lima.")
    assert len(api.get(f"{GOALS}/{target.pk}/skill-tree").body["nodes"]) == 1
    assert api.get(f"{GOALS}/{source.pk}").status == 404


def test_goals_and_skills_have_mastery_and_coverage(api: ApiClient, alice: User) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice)
    skill, empty = SkillNodeFactory.create_batch(2, parent=branch)
    learned_now = {"reviewed": True, "last_review": timezone.now()}
    CardFactory(owner=alice, skill=skill, **learned_now)
    CardFactory(owner=alice, skill=skill)
    goal = api.get(f"{GOALS}/{skill.tree.goal_id}").body
    assert (round(goal["mastery"], 3), goal["coverage"]) == (0.5, 0.5)
    nodes = {node["id"]: node for node in api.get(f"{GOALS}/{skill.tree.goal_id}/skill-tree").body["nodes"]}
    assert {pk: (node["coverage"], node["cards"]) for pk, node in nodes.items()} == {
        str(branch.pk): (0.5, 2),
        str(skill.pk): (0.5, 2),
        str(empty.pk): (None, 0),
    }
    assert nodes[str(empty.pk)]["mastery"] is None
    assert round(nodes[str(branch.pk)]["mastery"], 3) == 0.5


def test_the_list_takes_as_many_statements_for_many_goals(
    api: ApiClient, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        CardFactory(owner=alice, skill=SkillNodeFactory(tree__goal__owner=alice))
        GoalFactory(owner=alice)
        with django_assert_num_queries(5):  # session, user, settings, mastery, goals
            goals = api.get(GOALS).body["items"]
        assert [goal["mastery"] for goal in goals] == [None, 0] * (number + 1)
