from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from base.quotas.slots import Slot, Slots, TooManyStreams


def test_a_user_holds_as_many_slots_as_are_allowed_and_another_user_has_their_own() -> None:
    slots, alice = Slots(TooManyStreams), uuid4()
    held = [slots.take(alice, limit=2) for _ in range(2)]
    with pytest.raises(TooManyStreams):
        slots.take(alice, limit=2)
    slots.take(uuid4(), limit=2)
    held[0].release()
    slots.take(alice, limit=2)


def test_a_slot_that_is_released_twice_frees_one_place() -> None:
    slots, alice = Slots(TooManyStreams), uuid4()
    first, _second = slots.take(alice, limit=2), slots.take(alice, limit=2)
    first.release()
    first.release()
    _third = slots.take(alice, limit=2)
    with pytest.raises(TooManyStreams):
        slots.take(alice, limit=2)


def test_a_slot_that_is_dropped_without_a_release_is_free_again() -> None:
    slots, alice = Slots(TooManyStreams), uuid4()
    slots.take(alice, limit=1)
    slots.take(alice, limit=1)


def test_of_many_threads_exactly_as_many_as_are_allowed_get_a_slot() -> None:
    slots, alice = Slots(TooManyStreams), uuid4()

    def take(_number: int) -> Slot | None:
        try:
            return slots.take(alice, limit=10)
        except TooManyStreams:
            return None

    with ThreadPoolExecutor(50) as pool:
        assert sum(slot is not None for slot in list(pool.map(take, range(200)))) == 10


def test_nothing_is_kept_of_users_who_hold_no_slot() -> None:
    slots = Slots(TooManyStreams)
    held = [slots.take(uuid4(), limit=2) for _ in range(100)]
    assert len(slots._held) == 100
    for slot in held[1:]:
        slot.release()
    del held[1:], slot
    assert len(slots._held) == 1
