"""From a text to drafts: proposals, exact and near duplicates, and errors."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from flashcards import services
from flashcards.generation import services as generations
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.generation.worker import propose_cards
from flashcards.models import Card, CardStatus
from flashcards.queries import generation_result
from providers.errors import AnswerUnreadable, ProviderBusy
from search.services import drain
from tests.factories import CardFactory, GenerationFactory, MessageFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "A mitochondrion is an organelle that makes ATP. A ribosome is a machine that builds proteins."


def generate(owner: User, ollama: OllamaStandIn, *cards: dict[str, str], **fields: Any) -> Generation:
    """A finished generation whose model proposed these cards."""
    proposals = [{"kind": "basic", "answer": "", **card} for card in cards]
    ollama.structured_reply = json.dumps({"cards": proposals})
    generation = generations.start_generation(owner=owner, text=TEXT, provider="ollama", model=CHAT_MODEL, **fields)
    propose_cards(generation_id=generation.pk)
    generation.refresh_from_db()
    return generation


def questions(generation: Generation) -> list[str]:
    return [card.question for card in generation_result(generation).cards]


def test_the_tutor_proposes_drafts_from_a_message(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content=TEXT)
    generation = generations.start_generation(owner=alice, message=message)
    propose_cards(generation_id=generation.pk)
    drafts = list(Card.objects.all())
    assert drafts
    assert {(card.status, card.message, card.generation) for card in drafts} == {("draft", message, generation)}


def test_no_more_than_the_requested_number_are_saved(alice: User, ollama: OllamaStandIn) -> None:
    cards = [{"question": f"What is {word}?", "answer": word} for word in ("bread", "gravity", "jazz")]
    assert len(questions(generate(alice, ollama, *cards, max_cards=2))) == 2


def test_an_invalid_proposal_is_repaired_or_left_out(alice: User, ollama: OllamaStandIn) -> None:
    generation = generate(
        alice,
        ollama,
        {"question": "", "answer": "nothing asked"},
        {"question": "nothing answered", "answer": ""},
        {"question": "q" * 20_000, "answer": "too long"},
        {"kind": "cloze", "question": "No gap, but an answer?", "answer": "Yes"},
        {"kind": "cloze", "question": "A {{c1::gap}}."},
    )
    assert [(card.kind, card.question) for card in generation_result(generation).cards] == [
        ("basic", "No gap, but an answer?"),
        ("cloze", "A {{c1::gap}}."),
    ]


def test_a_proposal_with_the_same_text_as_a_card_is_left_out_and_reported(alice: User, ollama: OllamaStandIn) -> None:
    [card] = services.create_card(owner=alice, question="What is ATP?", answer="Energy")
    generation = generate(
        alice,
        ollama,
        {"question": "what is **ATP**", "answer": "energy."},
        {"question": "What is jazz?", "answer": "Music"},
        {"question": "What is jazz", "answer": "music"},
    )
    assert questions(generation) == ["What is jazz?"]
    assert [duplicate.existing for duplicate in generation_result(generation).left_out] == [
        card,
        *generation_result(generation).cards,
    ]


def test_a_strangers_card_is_not_a_duplicate(alice: User, mallory: User, ollama: OllamaStandIn) -> None:
    services.create_card(owner=mallory, question="What is ATP?", answer="Energy")
    drain()
    generation = generate(alice, ollama, {"question": "What is ATP?", "answer": "Energy"})
    assert generation.duplicates == []
    assert questions(generation) == ["What is ATP?"]


def test_a_proposal_with_the_same_meaning_as_a_card_is_shown_beside_it(alice: User, ollama: OllamaStandIn) -> None:
    [card] = services.create_card(owner=alice, question="Which city is France's capital?", answer="Paris")
    services.create_card(owner=alice, question="What is jazz?", answer="Music")
    drain()
    generation = generate(alice, ollama, {"question": "What is the capital of France?", "answer": "Paris"})
    [proposal] = generation_result(generation).proposals
    assert proposal.near_duplicate is not None
    assert proposal.near_duplicate.existing == card
    assert generation.compared_by_meaning


def test_two_proposals_with_the_same_meaning_are_shown_side_by_side(alice: User, ollama: OllamaStandIn) -> None:
    CardFactory(owner=alice)
    services.create_card(owner=alice, question="What is jazz?", answer="Music")
    drain()
    generation = generate(
        alice,
        ollama,
        {"question": "What is the capital of France?", "answer": "Paris"},
        {"question": "Which city is France's capital?", "answer": "Paris"},
    )
    first, second = generation_result(generation).proposals
    assert (first.near_duplicate, second.near_duplicate and second.near_duplicate.existing) == (None, first.draft)


def test_a_deleted_card_does_not_count_as_a_duplicate(alice: User, ollama: OllamaStandIn) -> None:
    [card] = services.create_card(owner=alice, question="Which city is France's capital?", answer="Paris")
    drain()
    services.delete_card(card=card, at=timezone.now())
    generation = generate(alice, ollama, {"question": "What is the capital of France?", "answer": "Paris"})
    assert generation.duplicates == []


def test_without_an_index_only_exact_duplicates_are_found(
    alice: User, ollama: OllamaStandIn, settings: Settings
) -> None:
    settings.LANCEDB_URI = "/proc/no/such/place"
    generation = generate(alice, ollama, {"question": "What is the capital of France?", "answer": "Paris"})
    assert generation.status == GenerationStatus.DONE
    assert not generation.compared_by_meaning


def test_direct_acceptance_leaves_near_duplicates_as_drafts(alice: User, ollama: OllamaStandIn) -> None:
    services.create_card(owner=alice, question="Which city is France's capital?", answer="Paris")
    drain()
    generate(
        alice,
        ollama,
        {"question": "What is the capital of France?", "answer": "Paris"},
        {"kind": "reverse", "question": "Hund", "answer": "dog"},
        accept=True,
    )
    assert Card.objects.filter(status=CardStatus.DRAFT).get().question == "What is the capital of France?"
    assert Card.objects.in_deck().filter(kind="reverse").count() == 2


def test_an_accepted_note_creates_all_its_cards(alice: User, ollama: OllamaStandIn) -> None:
    generation = generate(alice, ollama, {"kind": "cloze", "question": "{{c1::Paris}} is in {{c2::France}}."})
    [draft] = generation_result(generation).cards
    for _ in range(2):
        cards = generations.accept_drafts(generation=generation, accept=[draft.pk])
    assert [card.pk for card in cards] == [draft.pk]
    assert sorted(Card.objects.in_deck().values_list("ordinal", flat=True)) == [1, 2]


def test_a_draft_whose_text_entered_the_deck_meanwhile_is_recorded(alice: User, ollama: OllamaStandIn) -> None:
    generation = generate(alice, ollama, {"question": "What is ATP?", "answer": "Energy"})
    [draft] = generation_result(generation).cards
    [card] = services.create_card(owner=alice, question="What is ATP?", answer="Energy")
    assert generations.accept_drafts(generation=generation, accept=[draft.pk]) == []
    generation.refresh_from_db()
    assert [duplicate.existing for duplicate in generation_result(generation).left_out] == [card]
    assert Card.objects.get() == card


def test_an_error_of_the_provider_fails_the_generation(alice: User, ollama: OllamaStandIn) -> None:
    ollama.status = 503
    generation = generate(alice, ollama)
    assert generation.status == GenerationStatus.FAILED
    assert generation.error is not None
    assert generation.error["code"] == ProviderBusy.code


def test_an_answer_of_the_wrong_shape_fails_the_generation(alice: User, ollama: OllamaStandIn) -> None:
    ollama.structured_reply = "I would rather not."
    generation = generations.start_generation(owner=alice, text=TEXT, provider="ollama", model=CHAT_MODEL)
    propose_cards(generation_id=generation.pk)
    generation.refresh_from_db()
    assert generation.error is not None
    assert generation.error["code"] == AnswerUnreadable.code


def test_a_finished_generation_does_not_run_again(alice: User, ollama: OllamaStandIn) -> None:
    generation = generate(alice, ollama, {"question": "What is jazz?", "answer": "Music"})
    propose_cards(generation_id=generation.pk)
    assert Card.objects.count() == 1


def test_the_sweep_fails_generations_whose_worker_died_and_keeps_unclaimed_ones(alice: User) -> None:
    now = timezone.now()
    fields = {"owner": alice, "status": GenerationStatus.RUNNING}
    dead = GenerationFactory(**fields, heartbeat_at=now - timedelta(seconds=31))
    living = GenerationFactory(**fields, heartbeat_at=now - timedelta(seconds=6))
    waiting = GenerationFactory(**fields, created_at=now - timedelta(minutes=5))
    generations.sweep_generations(at=now)
    for row in (dead, living, waiting):
        row.refresh_from_db()
    assert (dead.status, dead.error and dead.error["code"]) == (GenerationStatus.FAILED, "worker-stopped")
    assert {living.status, waiting.status} == {GenerationStatus.RUNNING}


def propose_and_disconnect(generation: Generation) -> None:
    propose_cards(generation_id=generation.pk)
    connection.close()


def test_a_worker_whose_generation_was_failed_saves_nothing(alice: User, ollama: OllamaStandIn) -> None:
    ollama.first_after = 0.5
    generation = generations.start_generation(owner=alice, text=TEXT, provider="ollama", model=CHAT_MODEL)
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(propose_and_disconnect, generation)
        wait_until(lambda: any(call.path == "/api/chat" for call in ollama.calls))
        generations.fail_generation(generation_id=generation.pk, code="worker-stopped", detail="Gone.")
        worker.result(20)
    generation.refresh_from_db()
    assert generation.status == GenerationStatus.FAILED
    assert not Card.objects.exists()
