"""A run can be repeated by its seed."""

import pytest

from tests.faults.chaos.operations import OPERATIONS
from tests.faults.chaos.plan import WEIGHTS, make_plan

KINDS = ["web", "worker", "everything"]


def test_the_seed_decides_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOS_SEED", "7")
    plan = make_plan(users=4, kinds=KINDS)
    assert make_plan(users=4, kinds=KINDS) == plan
    monkeypatch.setenv("CHAOS_SEED", "8")
    assert make_plan(users=4, kinds=KINDS) != plan


def test_every_kind_of_kill_and_operation_occurs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOS_SEED", "7")
    plan = make_plan(users=4, kinds=KINDS)
    assert sorted(kill.kind for kill in plan.kills) == sorted(KINDS)
    assert {step.operation for step in plan.steps} == set(WEIGHTS) == set(OPERATIONS)
    assert len(plan.steps) == 300


def test_a_longer_run_repeats_the_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOS_OPERATIONS", "1000")
    monkeypatch.setenv("CHAOS_KILLS", "7")
    plan = make_plan(users=4, kinds=KINDS)
    assert len(plan.steps) == 1000
    assert [kill.after for kill in plan.kills] == [125, 250, 375, 500, 625, 750, 875]
