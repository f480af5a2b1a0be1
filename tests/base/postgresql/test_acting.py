"""For whom the program acts follows it into asynchronous code, and no further."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextvars import copy_context
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from base.postgresql.acting import (
    NOBODY,
    Actor,
    KeepActing,
    act_for,
    acting_as,
    acting_for,
    acting_for_all_users,
    current_actor,
    keep_acting,
)
from base.postgresql.roles import MAINTENANCE

ME = UUID("0194b7f0-0000-7000-8000-000000000001")
OTHER = UUID("0194b7f0-0000-7000-8000-000000000002")


def test_blocks_are_nested_and_end_after_an_error() -> None:
    with acting_for(ME):
        with acting_for_all_users("test"):
            assert current_actor() == Actor(role=MAINTENANCE)
        with pytest.raises(ZeroDivisionError), acting_for(OTHER):
            raise ZeroDivisionError
        assert current_actor() == Actor(owner_id=ME)


def test_what_a_request_finds_out_ends_with_its_block() -> None:
    with acting_as(NOBODY):
        with acting_for(None):
            act_for(ME)
            assert current_actor() == Actor(owner_id=ME)
        assert current_actor() == NOBODY


def test_it_follows_calls_between_synchronous_and_asynchronous_code() -> None:
    async def asynchronous() -> list[Actor]:
        found = [current_actor(), await sync_to_async(current_actor)()]
        found.append(await sync_to_async(current_actor, thread_sensitive=False)())
        return [*found, await asyncio.create_task(sync_to_async(current_actor)())]

    with acting_for(ME):
        assert async_to_sync(asynchronous)() == [Actor(owner_id=ME)] * 4


def test_a_new_thread_acts_for_nobody_unless_it_is_told() -> None:
    found: list[Actor] = []
    with acting_for(ME):
        for target in (lambda: found.append(current_actor()), keep_acting(lambda: found.append(current_actor()))):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert found == [NOBODY, Actor(owner_id=ME)]


def test_the_body_of_a_response_is_made_for_whom_the_view_acted() -> None:
    async def items() -> AsyncIterator[Actor]:
        yield current_actor()
        yield await sync_to_async(current_actor, thread_sensitive=False)()

    with acting_for(ME):
        body = KeepActing(items())

    async def send() -> tuple[list[Actor], Actor]:
        return [item async for item in body], current_actor()

    def sent_after_the_view() -> tuple[list[Actor], Actor]:
        with acting_for(OTHER):
            return async_to_sync(send)()

    assert copy_context().run(sent_after_the_view) == ([Actor(owner_id=ME)] * 2, Actor(owner_id=OTHER))
