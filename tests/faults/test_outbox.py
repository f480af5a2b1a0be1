"""Whatever fails, no outbox entry delays the others, is applied twice or is lost."""

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Message
from search.embedders import availability
from search.embedders import ollama as ollama_module
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode
from search.registry import Entity, entity_of
from search.services import drain
from search.sync import maintenance, outbox, preparation
from tests.factories import MessageFactory
from tests.processes import Child
from tests.search.reading import make_due, matching_ids, table_of
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_ollama(with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> OllamaStandIn:
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    return with_ollama


def indexed_texts(message: Message) -> list[str]:
    return [str(stored["text"]) for stored in table_of(entity_of("messages")).stored([message.pk])]


def all_done() -> bool:
    return not OutboxEntry.objects.exclude(status=OutboxStatus.DONE).exists()


def redeliver() -> int:
    yesterday = timezone.now() - timedelta(days=1)
    return OutboxEntry.objects.update(status=OutboxStatus.PENDING, due_at=yesterday, attempts=0)


def test_an_entry_that_breaks_the_writer_becomes_the_only_dead_letter(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an unexpected error the rest of the batch is written. The entry is tried ten times."""
    maintenance.maintain_tables()
    good = [MessageFactory(conversation__owner=alice, content=f"Bread needs salt, {n}.") for n in range(3)]
    bad = MessageFactory(conversation__owner=alice, content="Breaks.")
    real = preparation.prepare

    def prepare(entity: Entity, target: Any, documents: Any, revs: Any, **options: Any) -> Any:
        if bad.pk in revs:
            raise OverflowError("a number that fits nowhere")
        return real(entity, target, documents, revs, **options)

    monkeypatch.setattr("search.sync.drain.prepare", prepare)
    drain()
    assert [indexed_texts(message) for message in good] == [[message.content] for message in good]
    entry = OutboxEntry.objects.get(entity_id=bad.pk)
    assert (entry.status, "fits nowhere" in entry.error) == (OutboxStatus.PENDING, True)
    for _ in range(outbox.MAX_ATTEMPTS):
        make_due()
        drain()
    assert OutboxEntry.objects.get(entity_id=bad.pk).status == OutboxStatus.DEAD

    monkeypatch.undo()
    outbox.requeue([entry])
    drain()
    assert indexed_texts(bad) == ["Breaks."]


def test_a_slow_embedder_gets_the_texts_one_by_one(
    alice: User, with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that has timed out would time out again."""
    monkeypatch.setattr(ollama_module, "DOCUMENT_TIMEOUT", 0.8)
    with_ollama.configure(per_text=0.15)
    MessageFactory.create_batch(8, conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert all_done()
    assert len(matching_ids(alice, "salty bread", Mode.SEMANTIC)) == 8


def test_texts_are_found_by_words_while_the_embedder_hangs(alice: User, with_ollama: OllamaStandIn) -> None:
    """This test uses the real timeout for documents, one minute."""
    with_ollama.configure(hanging=True)
    began = monotonic()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert matching_ids(alice, "salt") == [message.pk]
    assert monotonic() - began < 10
    with_ollama.configure(hanging=False)
    make_due()
    drain()
    assert matching_ids(alice, "salt", Mode.SEMANTIC) == [message.pk]


def test_vectors_with_wrong_dimensions_make_no_dead_letter(alice: User, with_ollama: OllamaStandIn) -> None:
    with_ollama.configure(width=3)
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    entry = OutboxEntry.objects.get()
    assert (entry.status, "wrong number of dimensions" in entry.error) == (OutboxStatus.PENDING, True)


@pytest.mark.slow
def test_entries_that_are_delivered_again_change_nothing(alice: User, worker: Child) -> None:
    """With a real worker: applied entries are delivered again after an edit and after a deletion."""
    edited = MessageFactory(conversation__owner=alice, content="First words.")
    deleted = MessageFactory(conversation__owner=alice, content="To be deleted.")
    wait_until(all_done, 30)
    edited.content = "Last words."
    edited.save()
    deleted_pk = deleted.pk
    deleted.delete()
    wait_until(all_done, 30)

    for _ in range(2):
        assert redeliver() >= 4
        MessageFactory(conversation__owner=alice)  # its request wakes the worker
        wait_until(all_done, 30)
        assert (indexed_texts(edited), indexed_texts(Message(pk=deleted_pk))) == (["Last words."], [])
