from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.generation.models import BatchStatus, GenerationBatch, GenerationStatus
from flashcards.models import Card, CardStatus
from goals.models import SkillNode
from tests.factories import (
    CardFactory,
    GenerationBatchFactory,
    GenerationFactory,
    GoalFactory,
    SkillNodeFactory,
)

ClientFactory = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def skill(alice: User) -> SkillNode:
    """A skill without cards, in a branch."""
    found: SkillNode = SkillNodeFactory(
        parent=SkillNodeFactory(tree__goal__owner=alice, title="Cells"), title="Membranes"
    )
    return found


def batch_of(skill: SkillNode, *statuses: str, **fields: object) -> GenerationBatch:
    """A batch with a generation of each status and two drafts in each that is done."""
    batch: GenerationBatch = GenerationBatchFactory(goal=skill.tree.goal, **fields)
    for status in statuses:
        finished_at = timezone.now() if status in ("done", "failed") else None
        error = {"code": "provider-down", "detail": "The provider is down."} if status == "failed" else None
        generation = GenerationFactory(
            owner=skill.owner, batch=batch, skill=skill, status=status, proposed=2, error=error, finished_at=finished_at
        )
        if status == "done":
            for _ in range(2):
                CardFactory(owner=skill.owner, generation=generation, skill=skill, status=CardStatus.DRAFT)
    return batch


def test_skills_without_cards_are_chosen_already(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    CardFactory(owner=alice, skill=SkillNodeFactory(parent=skill.parent, title="Nuclei"))
    url = reverse("flashcards:batch-create", args=[skill.tree.goal_id])
    text = client_of(alice).get(url).text
    assert text.count("checked") == 1
    assert "1 card" in text
    response = client_of(alice).post(url, {"skill": [skill.pk], "cards_per_skill": 2, "budget": 6})
    [batch] = alice.generation_batches.all()
    assert response["Location"] == reverse("flashcards:batch-detail", args=[batch.pk])
    assert (batch.budget, batch.cards_per_skill, batch.generations.get().skill) == (6, 2, skill)
    again = client_of(alice).post(url, {"skill": [skill.pk], "cards_per_skill": 2, "budget": 6})
    assert again.status_code == 422
    assert "already being made" in again.text
    assert "are being made" in client_of(alice).get(url).text


def test_a_model_is_chosen_for_all_skills(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    form = {"skill": [skill.pk], "cards_per_skill": 2, "budget": 6}
    url = reverse("flashcards:batch-create", args=[skill.tree.goal_id])
    refused = client_of(alice).post(url, {**form, "choice": "nobody:x"})
    assert (refused.status_code, "Choose a model from the list." in refused.text) == (422, True)
    client_of(alice).post(url, {**form, "choice": "builtin:tutor"})
    [batch] = alice.generation_batches.all()
    assert batch.generations.values_list("provider", "model").get() == ("builtin", "tutor")


@pytest.mark.parametrize(
    "form",
    [
        {"cards_per_skill": 5, "budget": 10},
        {"skill": ["x"], "cards_per_skill": 5, "budget": 10},
        {"cards_per_skill": 99, "budget": 10},
        {"cards_per_skill": 5, "budget": 100_000},
    ],
)
def test_an_invalid_form_starts_nothing(
    alice: User, client_of: ClientFactory, skill: SkillNode, form: dict[str, object]
) -> None:
    url = reverse("flashcards:batch-create", args=[skill.tree.goal_id])
    assert client_of(alice).post(url, form).status_code == 422
    assert not GenerationBatch.objects.exists()


def test_a_goal_without_skills_says_what_to_do(alice: User, client_of: ClientFactory) -> None:
    goal = GoalFactory(owner=alice)
    assert "No skills yet" in client_of(alice).get(reverse("flashcards:batch-create", args=[goal.pk])).text


def test_a_running_batch_shows_its_progress_and_what_can_be_reviewed(
    alice: User, client_of: ClientFactory, skill: SkillNode
) -> None:
    batch = batch_of(skill, "done", "running", "waiting", status=BatchStatus.RUNNING)
    url = reverse("flashcards:batch-detail", args=[batch.pk])
    part = client_of(alice).get(url, headers=HTMX).text
    assert "<html" not in part
    for expected in ("hx-trigger", "1 of 3 skills", "Being written", "Waiting", "Review 2 drafts", "Cells"):
        assert expected in part
    client_of(alice).post(reverse("flashcards:batch-cancel", args=[batch.pk]))
    text = client_of(alice).get(url).text
    assert "aria-busy" not in text
    assert "Continue" in text
    assert text.count("Add to deck") == 2


def test_drafts_are_grouped_by_skill_in_a_fixed_number_of_statements(
    alice: User, client_of: ClientFactory, skill: SkillNode, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(alice)
    for number in (2, 4):
        batch = batch_of(skill, *["done"] * number)
        with django_assert_num_queries(5):  # session, user, batch, generations, drafts
            text = browser.get(reverse("flashcards:batch-detail", args=[batch.pk])).text
        assert text.count("Add all of this skill") == number
        assert f"Add all {2 * number} to deck" in text


def test_drafts_are_decided_for_one_skill_or_for_all(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    batch = batch_of(skill, "done", "done", "done")
    url, browser = reverse("flashcards:batch-decide", args=[batch.pk]), client_of(alice)
    first, second, _third = batch.generations.order_by("pk")
    browser.post(url, {"generation": first.pk, "rest": "accept"}, headers=HTMX, follow=True)
    assert {card.generation for card in Card.objects.in_deck()} == {first}
    draft = second.cards.first()
    assert draft is not None
    browser.post(url, {"generation": second.pk, "accept": draft.pk})
    assert Card.objects.in_deck().count() == 3
    page = browser.post(url, {"rest": "discard"}, follow=True)
    assert "No drafts left" in page.text
    assert Card.objects.count() == 3


def test_a_failure_is_shown_and_can_be_resumed(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    batch = batch_of(skill, "failed", "waiting", status=BatchStatus.FAILED)
    browser = client_of(alice)
    assert "The provider is down." in browser.get(reverse("flashcards:batch-detail", args=[batch.pk])).text
    browser.post(reverse("flashcards:batch-resume", args=[batch.pk]))
    assert {generation.status for generation in batch.generations.all()} == {
        *(GenerationStatus.RUNNING, GenerationStatus.WAITING)
    }


def test_a_batch_with_nothing_left_says_so(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    batch = batch_of(skill, "done")
    page = client_of(alice).post(reverse("flashcards:batch-resume", args=[batch.pk]), follow=True)
    assert "have been made" in page.text


def test_a_stranger_starts_and_decides_nothing(
    alice: User, mallory: User, client_of: ClientFactory, skill: SkillNode
) -> None:
    batch, browser = batch_of(skill, "done", "running", status=BatchStatus.RUNNING), client_of(mallory)
    for name in ("decide", "cancel", "resume"):
        assert browser.post(reverse(f"flashcards:batch-{name}", args=[batch.pk]), {"rest": "accept"}).status_code == 404
    goal = GoalFactory(owner=mallory)
    form = {"skill": [skill.pk], "cards_per_skill": 2, "budget": 6}
    assert browser.post(reverse("flashcards:batch-create", args=[goal.pk]), form).status_code == 422
    assert not Card.objects.in_deck().exists()
    assert not mallory.generation_batches.exists()
