"""The fixtures and factories that all other tests use."""

from collections.abc import Callable

import pytest
import requests

from accounts.models import User
from base.connections import valkey_client
from memoryloop.celery import app
from tests.api import ApiClient
from tests.factories import ApiTokenFactory, CardFactory, GenerationFactory, MessageFactory, ReviewFactory
from tests.processes import Child, Site
from tests.waiting import wait_until


def test_each_factory_makes_a_row_of_one_owner(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice)
    review = ReviewFactory(card__owner=alice, card__reviewed=True)
    generation = GenerationFactory(owner=alice)
    assert {message.owner, review.owner, generation.owner, CardFactory(owner=alice).owner} == {alice}


def test_a_task_sent_without_a_worker_waits_in_valkey() -> None:
    app.send_task("unknown.task")
    assert valkey_client().llen("celery") == 1


def test_valkey_is_empty_at_the_start_of_each_test() -> None:
    assert not [key for key in valkey_client().scan_iter() if not key.startswith("_kombu")]


def test_the_api_client_reads_problems(mallory: User, api_of: Callable[[User], ApiClient]) -> None:
    answer = api_of(mallory).get("/openapi.json")
    assert answer.status == 200
    assert answer.body["info"]["title"] == "MemoryLoop"


@pytest.mark.slow
def test_a_worker_takes_tasks_from_the_valkey_of_the_test(worker: Child) -> None:
    app.send_task("unknown.task")
    assert wait_until(lambda: worker.has_logged("unknown.task"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["site", "shared_site"])
def test_a_site_serves_the_database_of_the_test(alice: User, name: str, request: pytest.FixtureRequest) -> None:
    running: Site = request.getfixturevalue(name)
    ApiTokenFactory(owner=alice, token="ml_alice")
    CardFactory(owner=alice, question="Which server is this?")
    answer = requests.get(f"{running.url}/api/flashcards", headers={"Authorization": "Bearer ml_alice"}, timeout=10)
    assert [card["question"] for card in answer.json()["items"]] == ["Which server is this?"]
