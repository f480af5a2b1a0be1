"""What happens in a run: the order of operations and kills, which follows from the seed, and the gate that keeps it."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

# How often each operation of `chaos.operations` occurs.
WEIGHTS = {
    "open_conversation": 8,
    "send": 34,
    "rename": 8,
    "delete_conversation": 4,
    "create_card": 14,
    "edit_card": 6,
    "delete_card": 3,
    "rate": 14,
    "undo": 4,
    "search": 3,
    "generate": 2,
}
IN_FLIGHT = 4  # operations that may begin before the kill that they belong to


@dataclass(frozen=True)
class Step:
    """One operation of one user. `seed` decides what it chooses."""

    number: int
    user: int
    operation: str
    seed: int


@dataclass(frozen=True)
class Kill:
    """`kind` is a name in `chaos.kills`; the kill comes when `after` operations have begun."""

    after: int
    kind: str
    seed: int


@dataclass(frozen=True)
class Plan:
    seed: int
    steps: Sequence[Step]
    kills: Sequence[Kill]

    def steps_of(self, user: int) -> list[Step]:
        return [step for step in self.steps if step.user == user]


def make_plan(*, users: int, kinds: Sequence[str]) -> Plan:
    """CHAOS_SEED, CHAOS_OPERATIONS and CHAOS_KILLS choose the run. By default it has each kind of kill once."""
    seed = int(os.environ.get("CHAOS_SEED") or 1)
    operations = int(os.environ.get("CHAOS_OPERATIONS") or 300)
    kills = int(os.environ.get("CHAOS_KILLS") or len(kinds))
    random = Random(seed)
    names = random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=operations)
    steps = [
        Step(number, random.randrange(users), name, random.randrange(10**9)) for number, name in enumerate(names, 1)
    ]
    order: list[str] = []
    while len(order) < kills:
        order += random.sample(list(kinds), len(kinds))
    after = [round((number + 1) * operations / (kills + 1)) for number in range(kills)]
    chosen = [Kill(at, kind, random.randrange(10**9)) for at, kind in zip(after, order, strict=False)]
    return Plan(seed, steps, chosen)


class Gate:
    """Lets operations begin up to a few beyond the next kill, so that each kill interrupts some."""

    def __init__(self, plan: Plan) -> None:
        self._begun = 0
        self._kills = [kill.after for kill in plan.kills]
        self._changed = threading.Condition()

    def wait_to_begin(self, step: Step) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._kills or step.number <= self._kills[0] + IN_FLIGHT)
            self._begun += 1
            self._changed.notify_all()

    def wait_for_turn(self, kill: Kill) -> None:
        """Wait until the kill is due. From then on the next operations may begin."""
        with self._changed:
            self._changed.wait_for(lambda: self._begun >= kill.after)
            self._kills.pop(0)
            self._changed.notify_all()
