"""Several users work while every part of the server is killed. What was acknowledged is there, once, and is found.

CHAOS_SEED repeats a run, and CHAOS_OPERATIONS and CHAOS_KILLS make it longer (CONTRIBUTING.md).
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.chaos.kills import KILLS, kinds
from tests.faults.chaos.operations import OPERATIONS
from tests.faults.chaos.plan import Gate, Plan, make_plan
from tests.faults.chaos.site import ChaosSite, chaos_site
from tests.faults.chaos.user import ChaosUser
from tests.faults.chaos.verdict import compare, wait_until_ended, wait_until_found, wait_until_whole
from tests.stand_ins.claude import GOOD_KEY

pytestmark = pytest.mark.slow

USERS = 4


@pytest.fixture
def site() -> Iterator[ChaosSite]:
    # tmp_path would be too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, chaos_site(Path(name).resolve()) as running:
        yield running


@pytest.fixture
def users(site: ChaosSite) -> list[ChaosUser]:
    users = [ChaosUser(site.url, number) for number in range(USERS)]
    users[0].wait_for_site()
    for user in users:
        user.sign_up()
        user.request("POST", "/settings/api-key", {"key": GOOD_KEY})
    return users


def act(user: ChaosUser, plan: Plan, gate: Gate) -> None:
    for step in plan.steps_of(user.number):
        gate.wait_to_begin(step)
        try:
            OPERATIONS[step.operation](user, Random(step.seed))
        except Exception as error:
            user.faults.append(f"{step}: {error!r}")


def test_users_lose_nothing_while_everything_is_killed(site: ChaosSite, users: list[ChaosUser]) -> None:
    plan = make_plan(users=USERS, kinds=kinds(site))
    print(f"CHAOS_SEED={plan.seed} {[kill.kind for kill in plan.kills]}")
    gate = Gate(plan)
    threads = [threading.Thread(target=act, args=(user, plan, gate), daemon=True) for user in users]
    for thread in threads:
        thread.start()
    for kill in plan.kills:
        gate.wait_for_turn(kill)
        began = time.monotonic()
        KILLS[kill.kind](site, Random(kill.seed))
        print(f"{kill.kind} after {kill.after} operations took {time.monotonic() - began:.1f} s")
    users[0].wait_for_site()
    last_kill = time.monotonic()
    for thread in threads:
        thread.join()
    print(f"the users ended {time.monotonic() - last_kill:.1f} s after it")
    assert [user.faults for user in users] == [[]] * USERS

    found_after = wait_until_found(users, last_kill)
    wait_until_ended(users)
    verdict = compare(users)
    wait_until_whole(site)
    whole_after = time.monotonic() - last_kill
    acknowledged = sum(user.acknowledged for user in users)
    print(f"{acknowledged} requests acknowledged, {verdict.live} rows compared")
    print(f"after the last kill: found in {found_after:.1f} s, index equal to PostgreSQL in {whole_after:.1f} s")
    assert (verdict.lost, verdict.doubled, verdict.resurrected) == ([], [], [])
