"""Batches: one generation after the other, within the budget, through errors, restarts and cancellations."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from accounts.models import User
from base.models import database_time
from flashcards.batches import services
from flashcards.batches.queries import batch_result
from flashcards.errors import BatchRunning, NoSkillsChosen, NothingToResume
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from flashcards.generation.services import sweep_generations
from flashcards.generation.worker import propose_cards
from flashcards.models import Card
from flashcards.services import create_card
from goals.models import SkillNode
from search.services import drain
from tests.factories import SkillNodeFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def skills(alice: User) -> list[SkillNode]:
    first = SkillNodeFactory(tree__goal__owner=alice)
    return [first, *(SkillNodeFactory(tree=first.tree) for _ in range(2))]


def start(skills: list[SkillNode], **fields: int) -> GenerationBatch:
    goal = skills[0].tree.goal
    return services.start_batch(
        owner=goal.owner, goal=goal, skills=skills, provider="ollama", model=CHAT_MODEL, **fields
    )


def work(batch: GenerationBatch) -> None:
    """Do what a worker does, until no generation of the batch is running."""
    while running := batch.generations.filter(status=GenerationStatus.RUNNING, heartbeat_at=None).first():
        propose_cards(generation_id=running.pk)
    batch.refresh_from_db()


def statuses(batch: GenerationBatch) -> list[str]:
    return list(batch.generations.order_by("pk").values_list("status", flat=True))


def reply(ollama: OllamaStandIn, *questions: str) -> None:
    cards = [{"kind": "basic", "question": question, "answer": f"{question}!"} for question in questions]
    ollama.structured_reply = json.dumps({"cards": cards})


def test_the_skills_follow_one_another_within_the_budget(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    reply(ollama, "Bread?", "Gravity?", "Jazz?")
    batch = start(skills, budget=4, cards_per_skill=3)
    assert statuses(batch) == ["running", "waiting", "waiting"]
    work(batch)
    # The second skill's proposals repeat the drafts of the first: only new cards count against the budget.
    assert (batch.status, statuses(batch)) == (BatchStatus.DONE, ["done", "done", "done"])
    assert list(Card.objects.values_list("question", flat=True)) == ["Bread?", "Gravity?", "Jazz?"]
    result = batch_result(batch)
    assert (result.made, result.left_out, result.unfinished) == (3, 2, 0)
    assert [generation.max_cards for generation in batch.generations.order_by("pk")] == [3, 1, 1]


def test_a_used_up_budget_ends_the_batch_and_more_can_be_made(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    reply(ollama, "Bread?")
    batch = start(skills, budget=1, cards_per_skill=1)
    work(batch)
    assert (batch.status, statuses(batch)) == (BatchStatus.DONE, ["done", "waiting", "waiting"])
    reply(ollama, "Jazz?")
    services.resume_batch(batch=batch)
    work(batch)
    assert (batch.budget, statuses(batch)) == (3, ["done", "done", "done"])
    assert set(Card.objects.values_list("question", "skill")) == {("Bread?", skills[0].pk), ("Jazz?", skills[1].pk)}
    with pytest.raises(NothingToResume):
        services.resume_batch(batch=batch)


def test_a_draft_that_means_the_same_as_an_earlier_one_is_shown_beside_it(
    skills: list[SkillNode], ollama: OllamaStandIn
) -> None:
    create_card(owner=skills[0].owner, question="What is jazz?", answer="Music")
    drain()
    batch = start(skills[:2])
    for question in ("What is the capital of France?", "Which city is France's capital?"):
        reply(ollama, question)
        propose_cards(generation_id=batch.generations.get(status=GenerationStatus.RUNNING).pk)
    first, second = batch_result(batch).skills
    [proposal] = second.result.proposals
    assert proposal.near_duplicate is not None
    assert proposal.near_duplicate.existing == first.result.proposals[0].draft


def test_a_provider_that_is_down_stops_the_batch_until_it_is_resumed(
    skills: list[SkillNode], ollama: OllamaStandIn
) -> None:
    reply(ollama, "Bread?")
    batch = start(skills)
    propose_cards(generation_id=batch.generations.get(status=GenerationStatus.RUNNING).pk)
    ollama.status = 503
    work(batch)
    assert (batch.status, statuses(batch)) == (BatchStatus.FAILED, ["done", "failed", "waiting"])
    failed = batch_result(batch).failed
    assert failed is not None
    assert (failed.error or {})["detail"]
    ollama.status = 0
    reply(ollama, "Jazz?")
    services.resume_batch(batch=batch)
    services.resume_batch(batch=batch)  # the second click
    work(batch)
    assert (batch.status, statuses(batch)) == (BatchStatus.DONE, ["done", "done", "done"])
    assert Card.objects.count() == 2


def test_an_answer_that_cannot_be_read_costs_one_skill_only(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    ollama.structured_reply = "Sure! Here are your cards."
    batch = start(skills)
    propose_cards(generation_id=batch.generations.get(status=GenerationStatus.RUNNING).pk)
    reply(ollama, "Jazz?")
    work(batch)
    assert (batch.status, statuses(batch)) == (BatchStatus.DONE, ["failed", "done", "done"])
    services.resume_batch(batch=batch)
    work(batch)
    assert statuses(batch) == ["done", "done", "done"]


def test_a_batch_survives_one_worker_and_makes_no_card_twice(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    reply(ollama, "Bread?")
    batch = start(skills[:1])
    [generation] = batch.generations.all()
    for expected in ("running", "failed"):
        Generation.objects.update(heartbeat_at=database_time() - timedelta(minutes=1))
        sweep_generations(at=database_time())
        assert statuses(batch) == [expected]
        if expected == "running":
            generation.refresh_from_db()
            assert generation.heartbeat_at is None
    batch.refresh_from_db()
    assert batch.status == BatchStatus.FAILED
    services.resume_batch(batch=batch)
    work(batch)
    propose_cards(generation_id=generation.pk)  # the worker that was slow and not dead
    assert [card.question for card in Card.objects.all()] == ["Bread?"]


def test_a_canceled_batch_keeps_its_drafts_and_takes_no_more(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    reply(ollama, "Bread?")
    batch = start(skills)
    propose_cards(generation_id=batch.generations.get(status=GenerationStatus.RUNNING).pk)
    running = batch.generations.get(status=GenerationStatus.RUNNING)
    services.cancel_batch(batch=batch)
    propose_cards(generation_id=running.pk)
    batch.refresh_from_db()
    assert (batch.status, statuses(batch)) == (BatchStatus.CANCELED, ["done", "canceled", "canceled"])
    assert Card.objects.count() == 1
    reply(ollama, "Jazz?")
    services.resume_batch(batch=batch)
    work(batch)
    assert (batch.status, Card.objects.count()) == (BatchStatus.DONE, 2)


def test_a_cancellation_and_the_end_of_a_generation_do_not_wait_for_each_other(
    skills: list[SkillNode], ollama: OllamaStandIn
) -> None:
    for round_ in range(3):
        reply(ollama, f"Bread {round_}?")
        batch = start(skills)
        running = batch.generations.get(status=GenerationStatus.RUNNING)
        with ThreadPoolExecutor(2) as threads:
            work_done = threads.submit(propose_cards, generation_id=running.pk)
            services.cancel_batch(batch=batch)
            work_done.result()
        batch.refresh_from_db()
        assert batch.status == BatchStatus.CANCELED
        assert not {"running", "waiting"} & set(statuses(batch))


def test_a_batch_needs_skills_and_no_other_batch(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    with pytest.raises(NoSkillsChosen):
        services.start_batch(owner=skills[0].owner, goal=skills[0].tree.goal, skills=[])
    start(skills)
    with pytest.raises(BatchRunning):
        start(skills)
    assert (GenerationBatch.objects.count(), Generation.objects.count()) == (1, 3)


def test_a_purged_skill_fails_alone(skills: list[SkillNode], ollama: OllamaStandIn) -> None:
    reply(ollama, "Bread?")
    batch = start(skills)
    SkillNode.objects.filter(pk=skills[1].pk).delete()
    work(batch)
    assert (batch.status, statuses(batch)) == (BatchStatus.DONE, ["done", "failed", "done"])
