"""Whatever the embedding server does, texts are found by their words, and vectors follow when it works again."""

from functools import partial
from time import monotonic
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from chat.replies.retrieval import retrieve_context
from search.embedders import availability
from search.embedders.ollama import OllamaEmbedder
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode
from search.services import add_missing_vectors, drain, drain_texts
from search.sync import maintenance
from tests.factories import ConversationFactory, MessageFactory
from tests.processes import Child
from tests.search.reading import make_due, matching_ids
from tests.stand_ins.ollama import EMBED_MODEL, OllamaStandIn
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FAULTS: dict[str, dict[str, Any]] = {
    "hangs": {"hanging": True},
    "answers everything but embeddings": {"first_after": 100.0},
    "needs seconds for each text": {"per_text": 30.0},
    "answers byte by byte": {"vector_fault": "trickle"},
    "cuts the connection": {"vector_fault": "cut"},
    "returns no numbers": {"vector_fault": "nan"},
    "returns vectors of another width": {"width": 384},
    "returns nonsense": {"broken_json": True},
    "fails": {"status": 500},
    "is busy": {"status": 503},
    "has lost the model": {"status": 404},
}
WORKS = {"hanging": False, "first_after": 0.0, "per_text": 0.0, "vector_fault": "", "width": 768, "status": 0}
# The old way took a minute. The new one takes half a second, and more on a machine that is busy with other tests.
MAX_SECONDS = 15


@pytest.fixture(params=FAULTS)
def faulty(
    with_ollama: OllamaStandIn, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> OllamaStandIn:
    monkeypatch.setattr(availability, "COOLDOWN", 1.0)
    maintenance.maintain_tables()
    with_ollama.configure(**FAULTS[request.param])
    return with_ollama


def test_texts_are_found_by_words_first_and_by_meaning_later(alice: User, faulty: OllamaStandIn) -> None:
    began = monotonic()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain_texts()
    assert matching_ids(alice, "salt") == [message.pk]
    assert monotonic() - began < MAX_SECONDS
    [entry] = OutboxEntry.objects.all()
    assert (entry.status, entry.missing_vector, bool(entry.error)) == (OutboxStatus.PENDING, True, True)

    faulty.down()  # ends the answers that hang
    faulty.up()
    faulty.configure(**WORKS, broken_json=False)
    make_due()

    def has_vector() -> bool:
        make_due()
        add_missing_vectors()
        return OutboxEntry.objects.get().status == OutboxStatus.DONE

    wait_until(has_vector, 20)
    assert matching_ids(alice, "salt", Mode.SEMANTIC) == [message.pk]


def test_a_reply_gets_its_context_by_words(alice: User, faulty: OllamaStandIn) -> None:
    source = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain_texts()
    question = MessageFactory(conversation=ConversationFactory(owner=alice), content="What about salt?")
    began = monotonic()
    assert [retrieved.source for retrieved in retrieve_context([question], in_prompt=[question.pk])] == [source]
    assert monotonic() - began < MAX_SECONDS


def test_new_texts_do_not_wait_for_old_vectors(alice: User, with_ollama: OllamaStandIn, worker: Child) -> None:
    """With a real worker: while one of its threads waits a minute for a model, another writes the new texts."""
    with_ollama.configure(first_after=100.0)
    for number in range(4):
        message = MessageFactory(conversation__owner=alice, content=f"Dish number{number} needs salt.")
        search = partial(matching_ids, alice, f"number{number}")
        assert wait_until(search, MAX_SECONDS) == [message.pk]
    calls = [call for call in with_ollama.calls if call.path == "/api/embed"]
    assert len(calls) <= 4, "a model that was too slow is not asked again for each text"


def test_missing_vectors_follow_as_soon_as_the_model_answers(
    alice: User, with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long outage has postponed them by minutes; the next text whose vector arrives makes them due."""
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    maintenance.maintain_tables()
    with_ollama.configure(status=503)
    old = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain_texts()
    OutboxEntry.objects.update(due_at="2040-01-01T00:00:00Z")
    with_ollama.configure(status=0)
    MessageFactory(conversation__owner=alice, content="Volcanoes erupt.")
    drain_texts()
    assert add_missing_vectors() == 1
    assert old.pk in matching_ids(alice, "salty bread", Mode.SEMANTIC)


def test_an_edit_without_a_vector_is_not_mixed_with_the_text_before_it(alice: User, with_ollama: OllamaStandIn) -> None:
    """The vectors of the first text are late: its chunks must not come back beside those of the second text."""
    maintenance.maintain_tables()
    with_ollama.configure(status=503)
    long = "Nothing of note happened on that day, said the clerk. " * 400
    message = MessageFactory(conversation__owner=alice, content=long + "Then the volcano erupted.")
    drain_texts()
    assert matching_ids(alice, "volcano") == [message.pk]
    message.content = "Short now."
    message.save()
    drain_texts()
    with_ollama.configure(status=0)
    OutboxEntry.objects.filter(pk=OutboxEntry.objects.latest("pk").pk).update(due_at="2040-01-01T00:00:00Z")
    drain()
    assert matching_ids(alice, "volcano") == []
    assert matching_ids(alice, "short") == [message.pk]


def test_a_model_of_unknown_width_whose_width_changes_makes_no_dead_letters(
    alice: User, with_ollama: OllamaStandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its vectors no longer fit the table, which must neither count as damage nor as a fault of the text."""
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    settings.OLLAMA_EMBED_MODEL = "home-made"
    with_ollama.configure(models=["home-made:latest", EMBED_MODEL], width=48)
    maintenance.maintain_tables()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert matching_ids(alice, "salty bread", Mode.SEMANTIC) == [message.pk]

    with_ollama.configure(width=32)
    other = MessageFactory(conversation__owner=alice, content="Salt comes from the sea.")
    drain()
    assert set(matching_ids(alice, "salt", Mode.HYBRID)) == {message.pk, other.pk}
    entry = OutboxEntry.objects.latest("pk")
    assert (entry.status, "wrong number of dimensions" in entry.error) == (OutboxStatus.PENDING, True)
    assert not OutboxEntry.objects.filter(status=OutboxStatus.DEAD).exists()

    maintenance.maintain_tables()
    make_due()
    drain()
    assert set(matching_ids(alice, "salt", Mode.SEMANTIC)) == {message.pk, other.pk}
    assert OllamaEmbedder(with_ollama.url, "home-made").dimensions() == 32
