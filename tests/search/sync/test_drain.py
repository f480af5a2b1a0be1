"""Changes are written to LanceDB once and in order, whatever the embedder does."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.models import Message
from search.embedders import availability
from search.embedders import ollama as ollama_module
from search.index.status import index_status
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode, find
from search.registry import Entity, entity_of
from search.services import drain, drain_texts
from search.sync import outbox
from search.sync.drain import apply
from tests.factories import MessageFactory
from tests.search.reading import make_due, matching_ids, table_of
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_ollama(with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> OllamaStandIn:
    monkeypatch.setattr(availability, "COOLDOWN", 0.0)
    return with_ollama


def stored_rows(entity: Entity, message: Message) -> list[dict[str, Any]]:
    return [dict(row) for row in table_of(entity).stored([message.pk])]


def test_texts_are_embedded_with_the_prefix_of_documents(alice: User, with_ollama: OllamaStandIn) -> None:
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    inputs = [text for call in with_ollama.calls if call.path == "/api/embed" for text in call.body["input"]]
    assert inputs == ["search_document: Bread needs salt."]
    [status] = [status for status in index_status() if status.table == "messages"]
    assert (status.backend, status.dimensions, status.embedded) == ("ollama", 768, 1)


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 404}, {"status": 500}, {"broken_json": True}])
def test_texts_are_found_by_words_during_a_failure_and_embedded_later(
    alice: User, with_ollama: OllamaStandIn, fault: dict[str, Any], messages: Entity
) -> None:
    with_ollama.configure(**fault)
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert matching_ids(alice, "salt") == [message.pk]
    [entry] = OutboxEntry.objects.all()
    assert (entry.status, bool(entry.error)) == (OutboxStatus.PENDING, True)
    result = find(owner_id=alice.pk, table="messages", query="salt", mode=Mode.SEMANTIC)
    assert result.notice == "Showing keyword matches only. The embedding model is not answering."
    assert [hit.entity_id for hit in result.hits] == [message.pk]

    with_ollama.configure(status=0, broken_json=False)
    make_due()
    drain()
    assert OutboxEntry.objects.get().status == OutboxStatus.DONE
    assert [row["embedded"] for row in stored_rows(messages, message)] == [True]
    assert matching_ids(alice, "salt", Mode.SEMANTIC) == [message.pk]


def test_texts_are_found_by_words_during_an_outage_and_embedded_later(alice: User, with_ollama: OllamaStandIn) -> None:
    with_ollama.down()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert matching_ids(alice, "salt") == [message.pk]
    with_ollama.up()
    make_due()
    drain()
    assert matching_ids(alice, "salt", Mode.SEMANTIC) == [message.pk]


def test_texts_without_vectors_are_noted_with_one_statement(alice: User, with_ollama: OllamaStandIn) -> None:
    with_ollama.down()
    MessageFactory.create_batch(3, conversation__owner=alice)
    with CaptureQueriesContext(connection) as statements:
        drain_texts()
    assert sum('SET "missing_vector"' in statement["sql"] for statement in statements) == 1
    assert [(entry.missing_vector, bool(entry.error)) for entry in OutboxEntry.objects.all()] == [(True, True)] * 3


def test_an_outage_of_several_batches_is_logged_once(
    alice: User, with_ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "search.sync")
    caplog.set_level("INFO", "search.embedders")
    with_ollama.down()
    for _ in range(3):
        MessageFactory(conversation__owner=alice, content="Bread needs salt.")
        drain()
    [begin] = caplog.records
    assert (begin.levelname, "Texts are indexed without vectors" in begin.getMessage()) == ("WARNING", True)
    with_ollama.up()
    make_due()
    drain()
    [_, end] = caplog.records
    assert (end.levelname, "available again" in end.getMessage()) == ("INFO", True)


def test_an_outage_never_makes_a_dead_letter(alice: User, with_ollama: OllamaStandIn) -> None:
    with_ollama.down()
    MessageFactory(conversation__owner=alice)
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        make_due()
        drain()
    entry = OutboxEntry.objects.get()
    assert (entry.status, entry.attempts) == (OutboxStatus.PENDING, outbox.MAX_ATTEMPTS + 2)


def test_a_hanging_embedder_times_out(alice: User, with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ollama_module, "DOCUMENT_TIMEOUT", 0.2)
    with_ollama.configure(hanging=True)
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert matching_ids(alice, "salt") == [message.pk]


def test_the_embedder_gets_no_request_during_the_cooldown(
    alice: User, with_ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "COOLDOWN", 60.0)
    with_ollama.configure(status=503)
    MessageFactory(conversation__owner=alice)
    drain()
    calls = len(with_ollama.calls)
    MessageFactory(conversation__owner=alice)
    drain()
    assert len(with_ollama.calls) == calls


def test_one_rejected_text_becomes_a_dead_letter_and_is_still_found_by_words(
    alice: User, with_ollama: OllamaStandIn, messages: Entity
) -> None:
    with_ollama.configure(bad_text="poison")
    good = [MessageFactory(conversation__owner=alice, content=f"Bread needs salt, {n} grams.") for n in range(3)]
    bad = MessageFactory(conversation__owner=alice, content="poison comes first " + "and then come many words " * 9)
    drain()
    dead = OutboxEntry.objects.get(status=OutboxStatus.DEAD)
    assert (dead.entity_id, "context length" in dead.error) == (bad.pk, True)
    assert OutboxEntry.objects.filter(status=OutboxStatus.DONE).count() == 3
    assert matching_ids(alice, "poison") == [bad.pk]
    assert set(matching_ids(alice, "grams of salt", Mode.SEMANTIC)) == {message.pk for message in good}

    with_ollama.configure(bad_text="")
    outbox.requeue([dead])
    drain()
    assert stored_rows(messages, bad)[0]["embedded"]


def test_a_text_that_is_too_long_for_the_model_is_embedded_by_its_first_half(
    alice: User, with_ollama: OllamaStandIn, messages: Entity
) -> None:
    with_ollama.configure(bad_text="final straw")
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt. " * 20 + "final straw")
    drain()
    assert OutboxEntry.objects.get().status == OutboxStatus.DONE
    assert [row["embedded"] for row in stored_rows(messages, message)] == [True]


def test_an_entry_that_is_applied_twice_leaves_one_row(alice: User, messages: Entity) -> None:
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    before = stored_rows(messages, message)
    OutboxEntry.objects.update(status=OutboxStatus.PENDING, due_at="2020-01-01T00:00:00Z")
    assert drain() == 1
    assert stored_rows(messages, message) == before
    assert len(before) == 1


def test_ten_quick_edits_are_one_row_with_the_last_text(alice: User, messages: Entity) -> None:
    message = MessageFactory(conversation__owner=alice)
    for number in range(10):
        message.content = f"Version {number}."
        message.save()
    drain()
    assert [row["text"] for row in stored_rows(messages, message)] == ["Version 9."]


def test_a_late_entry_does_not_restore_a_deleted_row(alice: User, messages: Entity) -> None:
    """One worker reads the text, and writes it after another worker has applied the deletion."""
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    [late] = outbox.claim(1)
    documents = list(messages.documents([message.pk]))
    message_id = message.pk
    message.delete()
    drain()

    def documents_before_deletion(ids: Any) -> list[Any]:
        return documents

    stale = Entity(messages.table, messages.model, messages.columns, documents_before_deletion)
    apply(stale, [late])
    assert table_of(messages).stored([message_id]) == []
    assert OutboxEntry.objects.get(pk=late.pk).status == OutboxStatus.DONE


def test_a_document_that_cannot_be_made_fails_alone(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    good = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    bad = MessageFactory(conversation__owner=alice, content="Broken.")
    real = entity_of("messages")

    def documents(ids: Any) -> Any:
        if bad.pk in ids:
            raise ValueError("no such thing")
        return real.documents(ids)

    broken = Entity(real.table, real.model, real.columns, documents)
    monkeypatch.setattr("search.sync.drain.entity_of", lambda table: broken)
    drain()
    assert matching_ids(alice, "salt") == [good.pk]
    entry = OutboxEntry.objects.get(entity_id=bad.pk)
    assert (entry.status, entry.error) == (OutboxStatus.PENDING, "ValueError('no such thing')")
    for _ in range(outbox.MAX_ATTEMPTS):
        make_due()
        drain()
    assert OutboxEntry.objects.get(entity_id=bad.pk).status == OutboxStatus.DEAD


def test_a_value_that_does_not_fit_its_column_fails_alone(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    good = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    bad = MessageFactory(conversation__owner=alice, content="Salt of the wrong kind.")
    real = entity_of("messages")

    def documents(ids: Any) -> Any:
        for document in real.documents(ids):
            yield replace(document, columns={"created_at": "not a time"}) if document.entity_id == bad.pk else document

    wrong = Entity(real.table, real.model, real.columns, documents)
    monkeypatch.setattr("search.sync.drain.entity_of", lambda table: wrong)
    drain()
    assert matching_ids(alice, "salt") == [good.pk]
    assert OutboxEntry.objects.get(entity_id=good.pk).status == OutboxStatus.DONE
    assert OutboxEntry.objects.get(entity_id=bad.pk).error


def test_a_long_text_is_found_by_its_end(alice: User, messages: Entity) -> None:
    filler = "Nothing of note happened on that day, said the clerk. " * 400
    message = MessageFactory(conversation__owner=alice, content=filler + "Then the volcano erupted.")
    drain()
    hits = find(owner_id=alice.pk, table="messages", query="volcano eruption", mode=Mode.HYBRID).hits
    assert [hit.entity_id for hit in hits] == [message.pk]
    assert "volcano" in hits[0].text
    assert len(hits[0].text) <= 4_000

    message.content = "Short now."
    message.save()
    drain()
    assert [row["text"] for row in stored_rows(messages, message)] == ["Short now."]


@pytest.mark.parametrize(
    "text", ["مرحبا بالعالم", "שלום עולם", "検索エンジンは東京で", "🙂🙃", " ", "a" * 100_000, "\u202eright to left"]
)
def test_unusual_texts_are_indexed(alice: User, text: str) -> None:
    MessageFactory(conversation__owner=alice, content=text)
    drain()
    assert OutboxEntry.objects.get().status == OutboxStatus.DONE


def test_chinese_and_japanese_words_are_found_inside_a_sentence(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="検索エンジンは東京都で作られた。")
    other = MessageFactory(conversation__owner=alice, content="我们在北京大学学习机器学习。")
    drain()
    assert matching_ids(alice, "東京") == [message.pk]
    assert matching_ids(alice, "北京") == [other.pk]
