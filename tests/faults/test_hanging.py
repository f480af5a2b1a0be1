"""Sending and searching while the embedding server accepts every connection and never answers."""

from statistics import median
from time import monotonic

import pytest
from pytest_django import Settings

from accounts.models import User
from search.models import OutboxEntry, OutboxStatus
from tests.chat.reading import program_of
from tests.factories import ConversationFactory
from tests.processes import Child, Site
from tests.search.reading import make_due
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def hanging(ollama: OllamaStandIn, settings: Settings) -> OllamaStandIn:
    """Tests request this before the worker and the site, which start with the test's settings."""
    settings.EMBEDDINGS = "ollama"
    ollama.configure(hanging=True)
    return ollama


def test_users_send_and_search_while_the_embedder_hangs(
    alice: User, hanging: OllamaStandIn, periodic_worker: Child, site: Site
) -> None:
    program = program_of(alice, site)
    seconds: list[float] = []
    for number in range(5):
        conversation = ConversationFactory(owner=alice)
        began = monotonic()
        response = program.post(f"/chat/conversations/{conversation.pk}/messages", {"content": f"Note {number}: salt"})
        seconds.append(monotonic() - began)
        assert response.status_code == 201, response.text
    assert median(seconds) < 1, "a send never waits for the embedder"

    def result_count() -> int:
        response = program.post("/messages/search", {"query": "salt", "role": "user"})
        assert response.status_code == 200, response.text
        return len(response.json()["items"])

    wait_until(lambda: result_count() == 5, 40)
    assert OutboxEntry.objects.filter(status=OutboxStatus.DEAD).count() == 0
    hanging.configure(hanging=False)
    make_due()

    def caught_up() -> bool:
        program.post(f"/chat/conversations/{ConversationFactory(owner=alice).pk}/messages", {"content": "One more"})
        return not OutboxEntry.objects.exclude(status=OutboxStatus.DONE).exclude(error="").exists()

    wait_until(caught_up, 60)
