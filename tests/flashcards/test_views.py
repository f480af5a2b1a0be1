import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardStatus
from flashcards.services import create_card
from tests.factories import CardFactory, ConversationFactory, GenerationFactory, MessageFactory

ClientFactory = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_the_deck_shows_cards(alice: User, client_of: ClientFactory) -> None:
    CardFactory(owner=alice, question="**Mitochondria**?", message=MessageFactory(conversation__owner=alice))
    page = client_of(alice).get(reverse("flashcards:card-list"))
    assert page.status_code == 200
    assert "Mitochondria" in page.text


def test_an_empty_deck_says_what_to_do(alice: User, client_of: ClientFactory) -> None:
    assert "Your deck is empty" in client_of(alice).get(reverse("flashcards:card-list")).text


def test_filters_narrow_the_deck(alice: User, client_of: ClientFactory) -> None:
    CardFactory(owner=alice, question="Mitochondria", tags=["bio"])
    CardFactory(owner=alice, question="Ribosome", status=CardStatus.SUSPENDED)
    browser, url = client_of(alice), reverse("flashcards:card-list")
    for query in ({"q": "mito"}, {"tag": "bio"}, {"status": "active"}):
        text = browser.get(url, query, headers=HTMX).text
        assert "Mitochondria" in text, query
        assert "Ribosome" not in text, query
    assert "No cards found" in browser.get(url, {"state": "review"}).text


def test_an_invalid_filter_is_ignored(alice: User, client_of: ClientFactory) -> None:
    CardFactory(owner=alice, question="Mitochondria")
    query = {"status": "' OR 1=1", "page": "x", "q": "\0"}
    assert "Mitochondria" in client_of(alice).get(reverse("flashcards:card-list"), query).text


def test_the_deck_takes_the_same_number_of_queries_for_any_length(
    alice: User, client_of: ClientFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(alice)
    browser.get(reverse("flashcards:card-list"))
    for _ in range(2):
        for _ in range(10):
            CardFactory(owner=alice, message=MessageFactory(conversation__owner=alice))
        with django_assert_num_queries(6):  # session, user, goals, tags, count, cards
            browser.get(reverse("flashcards:card-list"))


def test_a_card_is_created(alice: User, client_of: ClientFactory) -> None:
    form = {"kind": "basic", "question": "What is ATP?", "answer": "Energy", "tags": "bio, cell"}
    assert client_of(alice).post(reverse("flashcards:card-create"), form).status_code == 302
    assert alice.cards.get().tags == ["bio", "cell"]


def test_the_existing_card_with_the_same_text_is_shown(alice: User, client_of: ClientFactory) -> None:
    [card] = create_card(owner=alice, question="What is ATP?", answer="Energy")
    form = {"kind": "basic", "question": "what is atp", "answer": "energy"}
    page = client_of(alice).post(reverse("flashcards:card-create"), form)
    assert page.status_code == 422
    assert reverse("flashcards:card-edit", args=[card.pk]) in page.text


@pytest.mark.parametrize("change", [{"question": ""}, {"kind": "cloze"}, {"kind": "essay"}, {"answer": " "}])
def test_an_invalid_card_shows_the_form_again(alice: User, client_of: ClientFactory, change: dict[str, str]) -> None:
    form = {"kind": "basic", "question": "q", "answer": "a", **change}
    assert client_of(alice).post(reverse("flashcards:card-create"), form).status_code == 422
    assert not alice.cards.exists()


def test_a_card_is_edited(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice)
    url = reverse("flashcards:card-edit", args=[card.pk])
    assert card.question in client_of(alice).get(url).text
    response = client_of(alice).post(url, {"question": "Better?", "answer": "Yes", "tags": ""})
    assert response["Location"] == reverse("flashcards:card-list")
    assert alice.cards.get().question == "Better?"


def test_an_edit_returns_to_the_review_or_to_the_drafts(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice)
    draft = CardFactory(owner=alice, status=CardStatus.DRAFT, generation=GenerationFactory(owner=alice))
    form = {"question": "Better?", "answer": "Yes", "tags": ""}
    browser = client_of(alice)
    to_review = browser.post(reverse("flashcards:card-edit", args=[card.pk]) + "?review", form)
    to_drafts = browser.post(reverse("flashcards:card-edit", args=[draft.pk]), form)
    assert to_review["Location"] == f"{reverse('quiz:review')}?card={card.pk}"
    assert to_drafts["Location"] == reverse("flashcards:generation-detail", args=[draft.generation_id])


def test_a_deletion_can_be_undone(alice: User, client_of: ClientFactory) -> None:
    card, browser = CardFactory(owner=alice), client_of(alice)
    page = browser.post(reverse("flashcards:card-delete", args=[card.pk]), follow=True)
    undo = f"{reverse('flashcards:card-restore')}?card={card.pk}"
    assert undo in page.text
    assert not Card.objects.alive().exists()
    browser.post(undo)
    assert Card.objects.alive().get() == card


@pytest.mark.parametrize(
    ("action", "status"), [("suspend", "suspended"), ("unsuspend", "active"), ("tag", "active"), ("delete", "active")]
)
def test_an_action_changes_the_selected_cards_of_the_user(
    alice: User, mallory: User, client_of: ClientFactory, action: str, status: str
) -> None:
    first, second, _unselected = CardFactory.create_batch(3, owner=alice)
    theirs = CardFactory(owner=mallory)
    form = {"card": [first.pk, second.pk, theirs.pk], "action": action, "tags": "bio"}
    client_of(alice).post(reverse("flashcards:card-change"), form)
    changed = [card for card in Card.objects.all() if card.tags or card.deleted_at or card.status != "active"]
    assert {card.pk for card in changed} <= {first.pk, second.pk}
    assert {card.status for card in Card.objects.filter(pk__in=[first.pk, second.pk])} == {status}
    assert (action == "unsuspend") == (not changed)


def test_an_action_without_selected_cards_changes_nothing(alice: User, client_of: ClientFactory) -> None:
    CardFactory(owner=alice)
    response = client_of(alice).post(reverse("flashcards:card-change"), {"action": "delete", "card": ["no key"]})
    assert response.status_code == 302
    assert Card.objects.alive().exists()


@pytest.mark.parametrize("name", ["card-edit", "card-delete"])
def test_a_stranger_gets_404(alice: User, mallory: User, client_of: ClientFactory, name: str) -> None:
    card = CardFactory(owner=alice)
    url = reverse(f"flashcards:{name}", args=[card.pk])
    form = {"question": "mine", "answer": "mine", "tags": ""}
    assert client_of(mallory).post(url, form).status_code == 404
    assert client_of(mallory).post(reverse("flashcards:card-edit", args=[uuid4()]), form).status_code == 404
    card.refresh_from_db()
    assert (card.question.startswith("Question"), card.deleted_at) == (True, None)


def test_a_stranger_restores_nothing(alice: User, mallory: User, client_of: ClientFactory) -> None:
    card, browser = CardFactory(owner=alice), client_of(alice)
    browser.post(reverse("flashcards:card-delete", args=[card.pk]))
    client_of(mallory).post(f"{reverse('flashcards:card-restore')}?card={card.pk}")
    assert not Card.objects.alive().exists()


def test_invalid_ids_to_restore_are_not_found(alice: User, client_of: ClientFactory) -> None:
    assert client_of(alice).post(reverse("flashcards:card-restore") + "?card=1").status_code == 404


def test_hostile_text_is_shown_as_text(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice, question="<script>alert(1)</script> ![x](http://evil.example/x.png)")
    browser = client_of(alice)
    for url in (reverse("flashcards:card-list"), reverse("flashcards:card-edit", args=[card.pk])):
        assert "<script>alert" not in browser.get(url).text
        assert "<img" not in browser.get(url).text


@pytest.mark.parametrize("name", ["flashcards:card-list", "quiz:review", "flashcards:generation-detail"])
def test_the_source_of_a_card_opens_its_message_in_a_long_chat(
    alice: User, client_of: ClientFactory, name: str
) -> None:
    conversation = ConversationFactory(owner=alice)
    messages = [MessageFactory(conversation=conversation, content=f"word-{number}-") for number in range(150)]
    source = messages[2]
    generation = GenerationFactory(owner=alice, message=source)
    CardFactory(owner=alice, message=source)
    browser = client_of(alice)

    page = browser.get(reverse(name, args=[generation.pk] if "generation" in name else [])).text
    [url] = re.findall(rf'href="([^"]*#message-{source.pk})"', page)

    assert f'id="message-{source.pk}"' in browser.get(unescape(url)).text


@pytest.mark.parametrize("name", ["flashcards:card-list", "quiz:review", "flashcards:generation-detail"])
def test_a_source_in_a_deleted_chat_is_not_linked(alice: User, client_of: ClientFactory, name: str) -> None:
    source = MessageFactory(conversation__owner=alice, conversation__deleted_at=timezone.now())
    generation = GenerationFactory(owner=alice, message=source)
    CardFactory(owner=alice, message=source)
    page = client_of(alice).get(reverse(name, args=[generation.pk] if "generation" in name else []))
    assert page.status_code == 200
    assert str(source.conversation_id) not in page.text
