"""The tools of goals."""

import pytest

from accounts.models import User
from goals.models import Goal, GoalStatus
from search.services import drain
from search.sync import maintenance
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)


def test_goals_are_listed_with_what_is_known_of_them(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Cells", title="Energy")
    GoalFactory(owner=alice, title="Old", status=GoalStatus.PAUSED)
    CardFactory(owner=alice, skill=skill, reviewed=True)
    CardFactory(owner=alice, skill=skill)
    program = in_memory(alice)
    assert [goal["title"] for goal in program.call("list_goals")["items"]] == ["Cells", "Old"]
    [listed] = program.call("list_goals", status="active")["items"]
    assert (listed["title"], listed["coverage"]) == ("Cells", 0.5)

    progress = program.call("goal_progress", goal_id=listed["id"])
    assert (progress["cards"], progress["new"], progress["due"]) == (2, 1, 1)
    assert [step["title"] for step in progress["next_steps"]] == ["Energy"]
    assert progress["goal"]["uri"] == f"memoryloop://goal/{skill.tree.goal_id}"


def test_a_goal_is_added_unless_there_is_one_like_it(alice: User) -> None:
    maintenance.maintain_tables()
    program = in_memory(alice)
    added = program.call("add_goal", title="Learn Rust", target_date="2027-01-31")
    goal = Goal.objects.get()
    assert (str(goal.pk), goal.owner, str(goal.target_date)) == (added["id"], alice, "2027-01-31")
    drain()
    error = program.error_of("add_goal", title="Learn Rust")
    assert error.startswith("You have a goal like this.")
    assert str(goal.pk) in error
    assert program.call("add_goal", title="Learn Rust", allow_duplicate=True)["id"] != added["id"]
    assert "title" in program.error_of("add_goal", title="x" * 1_000)
