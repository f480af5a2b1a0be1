from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from base.jobs import RUNS
from goals.errors import NoOutline, TooDeepToGrow, TooManyTreeRuns, TreeRunning
from goals.growing import services as growing
from goals.models import TreeRun, TreeRunStatus
from providers.errors import KeyMissing
from tests.broker import sent_tasks
from tests.factories import GoalFactory, SkillNodeFactory, TreeRunFactory
from tests.waiting import wait_until


def enqueued() -> bool:
    return "goals.tasks.grow_tree" in sent_tasks(RUNS)


@pytest.mark.django_db(transaction=True)
def test_the_task_is_enqueued_after_commit(alice: User) -> None:
    with transaction.atomic():
        growing.start_tree_run(goal=GoalFactory(owner=alice))
        assert not enqueued()
    assert wait_until(enqueued)


@pytest.mark.django_db
class TestRuns:
    def test_a_goal_has_one_running_run_and_a_user_has_three(self, alice: User) -> None:
        runs = [growing.start_tree_run(goal=GoalFactory(owner=alice)) for _ in range(3)]
        with pytest.raises(TreeRunning):
            growing.start_tree_run(goal=runs[0].goal)
        with pytest.raises(TooManyTreeRuns):
            growing.start_tree_run(goal=GoalFactory(owner=alice))
        growing.cancel_tree_run(run=runs[0])
        assert growing.start_tree_run(goal=runs[0].goal).status == TreeRunStatus.RUNNING

    def test_a_missing_key_is_an_immediate_error(self, alice: User) -> None:
        with pytest.raises(KeyMissing):
            growing.start_tree_run(goal=GoalFactory(owner=alice), provider="claude")
        assert not TreeRun.objects.exists()

    def test_nothing_grows_below_the_last_level(self, alice: User) -> None:
        leaf = SkillNodeFactory(parent=SkillNodeFactory(parent=SkillNodeFactory(tree__goal__owner=alice)))
        with pytest.raises(TooDeepToGrow):
            growing.start_tree_run(goal=leaf.tree.goal, branch=leaf)
        with pytest.raises(TooDeepToGrow):
            growing.grow_from_outline(goal=leaf.tree.goal, branch=leaf, text="- a\n- b")

    def test_the_sweep_fails_runs_whose_worker_died(self, alice: User) -> None:
        now = timezone.now()
        dead, living = (TreeRunFactory(goal__owner=alice, heartbeat_at=now - timedelta(seconds=age)) for age in (31, 6))
        growing.sweep_tree_runs(at=now)
        dead.refresh_from_db()
        living.refresh_from_db()
        assert (dead.status, dead.error["code"]) == (TreeRunStatus.FAILED, "worker-stopped")
        assert living.status == TreeRunStatus.RUNNING

    def test_a_canceled_run_stays_canceled(self, alice: User) -> None:
        run = TreeRunFactory(goal__owner=alice)
        growing.cancel_tree_run(run=run)
        growing.fail_tree_run(run_id=run.pk, code="failed", detail="Late.")
        run.refresh_from_db()
        assert (run.status, run.error) == (TreeRunStatus.CANCELED, None)


@pytest.mark.django_db
def test_an_outline_becomes_a_proposal_without_a_model(alice: User) -> None:
    goal = GoalFactory(owner=alice)
    tree = growing.grow_from_outline(goal=goal, text="# Grammar\n- Nouns\n- Tenses\n# Words")
    assert (tree.status, tree.origin) == ("proposed", "outline")
    assert list(tree.nodes.in_order().values_list("depth", "position", "title")) == [
        (1, 0, "Grammar"),
        (1, 1, "Words"),
        (2, 0, "Nouns"),
        (2, 1, "Tenses"),
    ]
    with pytest.raises(NoOutline):
        growing.grow_from_outline(goal=goal, text="Nothing but prose here.")
    assert goal.trees.get() == tree
