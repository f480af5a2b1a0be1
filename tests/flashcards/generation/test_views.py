from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import Card, CardStatus
from tests.factories import CardFactory, GenerationFactory, MessageFactory

ClientFactory = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def drafts(generation: Generation, number: int = 2) -> list[Card]:
    fields = {"owner": generation.owner, "generation": generation, "status": CardStatus.DRAFT}
    return [CardFactory(**fields) for _ in range(number)]


def test_a_generation_starts_from_a_message(alice: User, client_of: ClientFactory) -> None:
    message = MessageFactory(conversation__owner=alice)
    response = client_of(alice).post(reverse("flashcards:generation-create"), {"message_id": message.pk})
    generation = Generation.objects.get()
    assert response["Location"] == reverse("flashcards:generation-detail", args=[generation.pk])
    assert (generation.message, generation.provider, generation.max_cards) == (message, "builtin", 10)


def test_a_generation_starts_from_a_text(alice: User, client_of: ClientFactory) -> None:
    browser, url = client_of(alice), reverse("flashcards:generation-create")
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"text": "Mitochondria make ATP.", "max_cards": 3}).status_code == 302
    assert browser.post(url, {"text": "  "}).status_code == 422
    assert Generation.objects.get().max_cards == 3


def test_a_strangers_message_is_not_found(alice: User, mallory: User, client_of: ClientFactory) -> None:
    message = MessageFactory(conversation__owner=alice)
    response = client_of(mallory).post(reverse("flashcards:generation-create"), {"message_id": message.pk})
    assert response.status_code == 404
    assert not Generation.objects.exists()


def test_the_page_of_a_running_generation_polls_until_it_is_done(alice: User, client_of: ClientFactory) -> None:
    generation = GenerationFactory(owner=alice, status=GenerationStatus.RUNNING)
    url = reverse("flashcards:generation-detail", args=[generation.pk])
    assert 'hx-trigger="load delay:1s"' in client_of(alice).get(url).text
    Generation.objects.update(status=GenerationStatus.DONE, proposed=2)
    drafts(generation)
    part = client_of(alice).get(url, headers=HTMX).text
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert part.count("Question") == 2


def test_a_failed_generation_says_why_and_offers_a_retry(alice: User, client_of: ClientFactory) -> None:
    error = {"code": "provider-down", "detail": "The model provider can't be reached."}
    generation = GenerationFactory(owner=alice, status=GenerationStatus.FAILED, error=error, text="My notes")
    text = client_of(alice).get(reverse("flashcards:generation-detail", args=[generation.pk])).text
    assert "can&#x27;t be reached" in text
    assert "My notes" in text


@pytest.mark.parametrize(
    ("fields", "offered"),
    [({}, True), ({"superseded": True}, False), ({"conversation__deleted_at": timezone.now()}, False)],
)
def test_a_retry_is_offered_while_the_message_can_be_used(
    alice: User, client_of: ClientFactory, fields: dict[str, object], offered: bool
) -> None:
    message = MessageFactory(conversation__owner=alice, **fields)
    error = {"code": "provider-down", "detail": "The model provider can't be reached."}
    generation = GenerationFactory(owner=alice, status=GenerationStatus.FAILED, error=error, message=message, text="")
    text = client_of(alice).get(reverse("flashcards:generation-detail", args=[generation.pk])).text
    assert ("Retry" in text) == offered


def test_a_near_duplicate_is_shown_beside_its_card(alice: User, client_of: ClientFactory) -> None:
    generation = GenerationFactory(owner=alice, proposed=2)
    [draft] = drafts(generation, 1)
    card = CardFactory(owner=alice, question="The one in the deck?")
    record = {"question": "q", "answer": "a", "of": str(card.pk), "similarity": 0.8, "kind": "near"}
    generation.duplicates = [
        {**record, "draft_id": str(draft.pk)},
        {**record, "question": "Left out?", "kind": "exact", "draft_id": None},
    ]
    generation.compared_by_meaning = False
    generation.save()
    text = client_of(alice).get(reverse("flashcards:generation-detail", args=[generation.pk])).text
    assert "The one in the deck?" in text
    assert "Left out?" in text
    assert "index was not available" in text


@pytest.mark.parametrize(
    ("decision", "accepted", "remaining"), [("accept", 1, 2), ("discard", 0, 2), ("all", 3, 0), ("none", 0, 0)]
)
def test_drafts_are_decided_one_by_one_or_all(
    alice: User, client_of: ClientFactory, decision: str, accepted: int, remaining: int
) -> None:
    generation = GenerationFactory(owner=alice, proposed=3)
    first, *_others = drafts(generation, 3)
    sent = {"all": {"rest": "accept"}, "none": {"rest": "discard"}}.get(decision, {decision: first.pk})
    url = reverse("flashcards:generation-decide", args=[generation.pk])
    assert client_of(alice).post(url, sent, headers=HTMX, follow=True).status_code == 200
    assert Card.objects.in_deck().count() == accepted
    assert Card.objects.filter(status=CardStatus.DRAFT).count() == remaining


def test_an_empty_generation_says_so(alice: User, client_of: ClientFactory) -> None:
    generation = GenerationFactory(owner=alice)
    assert (
        "No cards proposed" in client_of(alice).get(reverse("flashcards:generation-detail", args=[generation.pk])).text
    )


@pytest.mark.parametrize("name", ["generation-detail", "generation-decide"])
def test_a_stranger_gets_404(alice: User, mallory: User, client_of: ClientFactory, name: str) -> None:
    generation = GenerationFactory(owner=alice)
    [draft] = drafts(generation, 1)
    url = reverse(f"flashcards:{name}", args=[generation.pk])
    browser = client_of(mallory)
    response = browser.get(url) if name == "generation-detail" else browser.post(url, {"accept": draft.pk})
    assert response.status_code == 404
    assert not Card.objects.in_deck().exists()
