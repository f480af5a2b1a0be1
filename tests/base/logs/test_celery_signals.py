"""Tasks have a log context of their own, with the request that sent them."""

import pytest
from celery import shared_task

from base.connections import valkey_client
from base.jobs import enqueue
from base.logs import context
from base.logs.celery_signals import REQUEST_HEADER
from tests.waiting import wait_until

seen: list[dict[str, str]] = []


@shared_task(name="tests.remember_context")
def remember_context() -> None:
    seen.append(context.current())


def test_a_task_has_none_of_the_ids_of_the_task_before() -> None:
    context.begin(user_id="of the task before")
    seen.clear()
    remember_context.apply()
    assert seen == [{"task": "tests.remember_context"}]
    assert context.current() == {}


@pytest.mark.django_db(transaction=True)
def test_a_task_that_a_request_sends_carries_its_id() -> None:
    context.begin(request_id="r-2")
    enqueue("tests.remember_context")
    [message] = wait_until(lambda: valkey_client().lrange("celery", 0, -1))
    assert f'"{REQUEST_HEADER}": "r-2"' in message
