from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from base.jobs import RUNS
from flashcards.errors import NothingToLearnFrom, TextTooLong, TooManyGenerations, UnknownDraft
from flashcards.generation import services as generations
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import CardStatus
from flashcards.tasks import propose_cards, sweep_generations, tidy_cards
from providers.errors import KeyMissing
from tests.broker import sent_tasks
from tests.factories import CardFactory, GenerationFactory, MessageFactory
from tests.waiting import wait_until


def enqueued() -> bool:
    """Whether the broker has a task that proposes cards."""
    return "flashcards.tasks.propose_cards" in sent_tasks(RUNS)


@pytest.mark.django_db(transaction=True)
def test_the_task_is_enqueued_after_commit(alice: User) -> None:
    with transaction.atomic():
        generations.start_generation(owner=alice, text="Mitochondria make ATP.")
        assert not enqueued()
    assert wait_until(enqueued)


@pytest.mark.parametrize(("text", "error"), [("  \n", NothingToLearnFrom), ("a" * 100_001, TextTooLong)])
def test_an_empty_or_too_long_text_is_refused(alice: User, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        generations.start_generation(owner=alice, text=text)


def test_the_model_of_the_message_is_used(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, conversation__provider="ollama", conversation__model="llama3")
    generation = generations.start_generation(owner=alice, message=message)
    assert (generation.provider, generation.model) == ("ollama", "llama3")


def test_a_missing_key_is_an_immediate_error(alice: User) -> None:
    with pytest.raises(KeyMissing):
        generations.start_generation(owner=alice, text="Mitochondria make ATP.", provider="claude")


def test_a_user_can_have_five_running_generations(alice: User, mallory: User) -> None:
    for _ in range(5):
        GenerationFactory(owner=alice, status=GenerationStatus.RUNNING)
    with pytest.raises(TooManyGenerations):
        generations.start_generation(owner=alice, text="Mitochondria make ATP.")
    assert generations.start_generation(owner=mallory, text="Mitochondria make ATP.").owner == mallory


def test_a_draft_of_another_generation_is_not_accepted(alice: User) -> None:
    generation, other = GenerationFactory.create_batch(2, owner=alice)
    draft = CardFactory(owner=alice, generation=other, status=CardStatus.DRAFT)
    for key in (draft.pk, uuid4()):
        with pytest.raises(UnknownDraft):
            generations.accept_drafts(generation=generation, accept=[key])
    generations.accept_drafts(generation=generation, discard=[draft.pk])
    draft.refresh_from_db()
    assert draft.status == CardStatus.DRAFT


def test_tasks_without_rows_succeed(db: None) -> None:
    propose_cards(str(uuid4()))
    sweep_generations()
    tidy_cards()
    assert not Generation.objects.exists()
