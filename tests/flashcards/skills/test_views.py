from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.generation.models import GenerationStatus
from flashcards.models import CardStatus
from goals.models import SkillNode
from tests.factories import (
    CardFactory,
    ConversationFactory,
    GenerationFactory,
    MessageFactory,
    SkillNodeFactory,
)

ClientFactory = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def skill(alice: User) -> SkillNode:
    branch = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Biology", title="Cells")
    found: SkillNode = SkillNodeFactory(parent=branch, title="Membranes", description="What is inside and outside.")
    return found


def page_of(browser: Client, skill: SkillNode, **query: int) -> str:
    response = browser.get(reverse("flashcards:skill-detail", args=[skill.pk]), query)
    assert response.status_code == 200
    return response.text


def test_a_skill_without_cards_says_what_cards_are_for(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    text = page_of(client_of(alice), skill)
    for expected in ("Biology", "Cells", "Membranes", "What is inside and outside.", "No cards yet"):
        assert expected in text
    assert f'name="skill_id" value="{skill.pk}"' in text
    assert f"?skill={skill.pk}" in text


def test_a_skill_shows_its_cards_their_sources_and_its_chats(
    alice: User, client_of: ClientFactory, skill: SkillNode
) -> None:
    part = SkillNodeFactory(parent=skill, title="Channels")
    source = MessageFactory(conversation__owner=alice, content="Ions pass through channels.")
    CardFactory(owner=alice, skill=part, message=source, question="What passes through channels?")
    ConversationFactory(owner=alice, skill=part, title="About channels")
    ConversationFactory(owner=alice, skill=part, title="A deleted chat", deleted_at=timezone.now())
    CardFactory(owner=alice, question="Of no skill?")
    CardFactory(owner=alice, skill=skill, reviewed=True, due=timezone.now() + timedelta(days=20))
    draft = CardFactory(owner=alice, skill=skill, status=CardStatus.DRAFT, generation=GenerationFactory(owner=alice))
    GenerationFactory(owner=alice, skill=skill, status=GenerationStatus.RUNNING)
    text = page_of(client_of(alice), skill)
    for expected in (
        *("What passes through channels?", "Ions pass through channels.", "About channels", "2 cards", "Channels"),
        *("are being written", "Review drafts", "Mastery", "50%"),
    ):
        assert expected in text
    assert reverse("flashcards:generation-detail", args=[draft.generation_id]) in text
    for unexpected in ("Of no skill?", "A deleted chat", "No cards yet"):
        assert unexpected not in text


def test_the_page_takes_a_fixed_number_of_statements_for_any_number_of_cards(
    alice: User, client_of: ClientFactory, skill: SkillNode, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(alice)
    for _ in range(2):
        for _ in range(12):
            CardFactory(
                owner=alice,
                skill=SkillNodeFactory(parent=skill),
                message=MessageFactory(conversation__owner=alice),
            )
            ConversationFactory(owner=alice, skill=skill)
        # Session, user, skill, parts, generations, sources, chats, review settings, mastery, count, cards.
        with django_assert_num_queries(11):
            page_of(browser, skill)
    assert "Page 2 of 2" in page_of(browser, skill, page=2)


def test_a_card_is_added_to_the_skill_of_the_page(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    browser, url = client_of(alice), reverse("flashcards:card-create")
    assert f'value="{skill.pk}" selected' in browser.get(url, {"skill": str(skill.pk)}).text
    form = {"kind": "basic", "question": "What is a membrane?", "answer": "A border"}
    response = browser.post(url, {**form, "skill": skill.pk})
    assert response["Location"] == f"{url}?kind=basic&skill={skill.pk}"
    card = alice.cards.get(skill=skill)
    edit = reverse("flashcards:card-edit", args=[card.pk])
    saved = browser.post(f"{edit}?skill", {**form, "answer": "A wall", "skill": skill.pk})
    assert saved["Location"] == skill.get_absolute_url()
    browser.post(edit, {**form, "skill": ""})
    assert alice.cards.get(skill=None).answer == "A border"


def test_editing_a_card_keeps_a_skill_that_cannot_be_chosen(
    alice: User, client_of: ClientFactory, skill: SkillNode
) -> None:
    hidden = SkillNodeFactory(tree__goal__owner=alice, tree__goal__deleted_at=timezone.now())
    card = CardFactory(owner=alice, skill=hidden)
    form = {"question": "q", "answer": "a", "skill": ""}
    client_of(alice).post(reverse("flashcards:card-edit", args=[card.pk]), form)
    card.refresh_from_db()
    assert (card.question, card.skill) == ("q", hidden)


@pytest.mark.parametrize("skill_id", ["no key", "01a2011e-0e58-7208-8a3e-c19a4232b818"])
def test_an_unknown_skill_is_an_error_of_the_form(
    alice: User, client_of: ClientFactory, skill: SkillNode, skill_id: str
) -> None:
    form = {"kind": "basic", "question": "q", "answer": "a", "skill": skill_id}
    assert client_of(alice).post(reverse("flashcards:card-create"), form).status_code == 422
    assert not alice.cards.exists()


def test_without_skills_the_form_has_no_choice_of_them(alice: User, client_of: ClientFactory) -> None:
    assert 'name="skill"' not in client_of(alice).get(reverse("flashcards:card-create")).text


def test_the_deck_is_narrowed_to_a_goal(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    CardFactory(owner=alice, skill=skill, question="What is a membrane?")
    CardFactory(owner=alice, question="Of no goal?")
    browser, url = client_of(alice), reverse("flashcards:card-list")
    text = browser.get(url, {"goal": str(skill.tree.goal_id)}).text
    assert "What is a membrane?" in text
    assert skill.get_absolute_url() in text
    assert "Of no goal?" not in text
    assert "Of no goal?" in browser.get(url, {"goal": str(uuid4())}).text  # an invalid filter filters nothing


def test_drafts_are_moved_to_another_skill(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    generation = GenerationFactory(owner=alice, skill=skill, proposed=1)
    draft = CardFactory(owner=alice, generation=generation, skill=skill, status=CardStatus.DRAFT)
    browser, url = client_of(alice), reverse("flashcards:generation-skill", args=[generation.pk])
    shown = browser.get(reverse("flashcards:generation-detail", args=[generation.pk])).text
    assert f'value="{skill.pk}" selected' in shown
    other = SkillNodeFactory(tree__goal__owner=alice)
    browser.post(url, {"skill": other.pk})
    draft.refresh_from_db()
    assert draft.skill == other
    browser.post(url, {"skill": ""})
    draft.refresh_from_db()
    assert draft.skill is None
    assert browser.post(url, {"skill": SkillNodeFactory().pk}).status_code == 404


def test_cards_are_made_for_the_skill(alice: User, client_of: ClientFactory, skill: SkillNode) -> None:
    client_of(alice).post(reverse("flashcards:generation-create"), {"skill_id": skill.pk})
    assert alice.generations.get().skill == skill


def test_hostile_titles_are_shown_as_text(alice: User, client_of: ClientFactory) -> None:
    skill = SkillNodeFactory(
        tree__goal__owner=alice, title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>"
    )
    CardFactory(owner=alice, skill=skill)
    browser = client_of(alice)
    pages = [page_of(browser, skill), browser.get(reverse("flashcards:card-create")).text]
    pages.append(browser.get(reverse("flashcards:batch-create", args=[skill.tree.goal_id])).text)
    for text in pages:
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_stranger_gets_404(mallory: User, client_of: ClientFactory, skill: SkillNode) -> None:
    browser = client_of(mallory)
    assert browser.get(reverse("flashcards:skill-detail", args=[skill.pk])).status_code == 404
    assert browser.post(reverse("flashcards:generation-create"), {"skill_id": skill.pk}).status_code == 404
