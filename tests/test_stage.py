"""The fixtures themselves: what they promise to every other test."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from base.connections import valkey_client
from memoryloop.celery import app
from tests.api import ApiClient
from tests.factories import CardFactory, GenerationFactory, MessageFactory, ReviewFactory
from tests.processes import Child, Site
from tests.waiting import wait_until


def test_each_factory_makes_a_row_of_one_owner(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice)
    review = ReviewFactory(card__owner=alice, card__reviewed=True)
    generation = GenerationFactory(owner=alice)
    assert {message.owner, review.owner, generation.owner, CardFactory(owner=alice).owner} == {alice}


def test_a_task_published_without_a_worker_waits_in_valkey() -> None:
    app.send_task("nobody.listens")
    assert valkey_client().llen("celery") == 1


def test_valkey_is_empty_at_the_start_of_each_test() -> None:
    assert not [key for key in valkey_client().scan_iter() if not key.startswith("_kombu")]


def test_the_api_client_reads_problems(mallory: User, api_of: Callable[[User], ApiClient]) -> None:
    answer = api_of(mallory).get("/openapi.json")
    assert answer.status == 200
    assert answer.body["info"]["title"] == "MemoryLoop"


@pytest.mark.slow
def test_a_worker_takes_tasks_from_this_tests_valkey(worker: Child) -> None:
    app.send_task("nobody.knows.this")
    assert wait_until(lambda: worker.says("nobody.knows.this"))


@pytest.mark.slow
def test_the_site_is_served_on_this_tests_database(site: Site) -> None:
    assert site.url.startswith("http://127.0.0.1:")
    assert Client().get("/api/openapi.json").status_code == 200
