"""Each change that is synced, lacks its vector, is rejected or retried has a log line and is counted."""

import logging
from typing import Any

import pytest

from accounts.models import User
from base.metrics import REGISTRY
from chat.models import Message
from search.models import OutboxEntry
from search.services import drain, drain_texts
from search.sync import outbox
from search.sync.outcomes import Outcome
from tests.factories import MessageFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = "bread " * 30


@pytest.fixture
def message(alice: User) -> Message:
    message: Message = MessageFactory(conversation__owner=alice, content=PRIVATE)
    return message


def counted(outcome: Outcome) -> float:
    labels = {"table": "messages", "outcome": outcome.value}
    return REGISTRY.get_sample_value("memoryloop_outbox_entries_total", labels) or 0.0


def outcomes(caplog: pytest.LogCaptureFixture, message: Message) -> list[tuple[str, str]]:
    """The level and the outcome of each line about this message."""
    found: list[dict[str, Any]] = [vars(record) for record in caplog.records if "fields" in vars(record)]
    lines = [line for line in found if line["fields"].get("entity_id") == str(message.pk)]
    assert all(line["fields"]["user_id"] == str(message.owner_id) for line in lines)
    assert PRIVATE not in caplog.text
    return [(line["levelname"], line["fields"]["outcome"]) for line in lines]


@pytest.fixture(autouse=True)
def all_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "search")


def test_a_message_that_is_synced(message: Message, caplog: pytest.LogCaptureFixture) -> None:
    synced, delays = counted(Outcome.SYNCED), _delays()
    drain_texts()
    assert outcomes(caplog, message) == [("INFO", "synced")]
    assert (counted(Outcome.SYNCED), _delays()) == (synced + 1, delays + 1)


def test_a_message_whose_vector_is_missing_and_added_later(
    message: Message, with_ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    with_ollama.configure(per_text=0.6)  # longer than a text may wait
    delays = _delays()
    drain()
    assert outcomes(caplog, message) == [("INFO", "missing_vector"), ("INFO", "synced")]
    assert _delays() == delays + 1


def test_a_message_that_the_model_rejects(
    message: Message, with_ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    with_ollama.configure(bad_text="bread")
    rejected = counted(Outcome.REJECTED)
    drain()
    assert outcomes(caplog, message) == [("WARNING", "rejected")]
    assert counted(Outcome.REJECTED) == rejected + 1


def test_a_message_that_is_tried_again(message: Message, caplog: pytest.LogCaptureFixture) -> None:
    [entry] = OutboxEntry.objects.filter(entity_id=message.pk)
    outbox.postpone([entry], PRIVATE)
    outbox.fail(entry, PRIVATE)
    assert outcomes(caplog, message) == [("INFO", "retried")] * 2


def _delays() -> float:
    return REGISTRY.get_sample_value("memoryloop_index_delay_seconds_count", {"table": "messages"}) or 0.0
