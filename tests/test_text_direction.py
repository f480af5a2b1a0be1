"""Each text of a user or a model has `dir="auto"`, so that its direction does not depend on the interface language."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.models import MessageStatus, Role
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.models import Card, CardStatus
from tests.factories import ApiTokenFactory, CardFactory, ConversationFactory, GenerationFactory, MessageFactory

ARABIC = "السؤال الأول عن الخلية"
VOID_ELEMENTS = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class DirectionChecker(HTMLParser):
    """Collects the elements with Arabic text whose direction is not detected from that text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open_elements: list[tuple[str, str]] = []  # the name of each, and the direction inside it
        self.texts = 0
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        direction = attributes.get("dir") or (self.open_elements[-1][1] if self.open_elements else "")
        if "hidden" in attributes:
            direction = "auto"  # not shown
        if tag in ("input", "textarea") and attributes.get("type") != "hidden":
            self.check(f"<{tag}>: {attributes.get('value')}", attributes.get("value") or "", direction)
        if tag not in VOID_ELEMENTS:
            self.open_elements.append((tag, direction))

    def handle_endtag(self, tag: str) -> None:
        while self.open_elements and self.open_elements.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        path = [name for name, _direction in self.open_elements]
        if "head" not in path:
            self.check(
                f"{'/'.join(path[-3:])}: {text.strip()}", text, self.open_elements[-1][1] if self.open_elements else ""
            )

    def check(self, place: str, text: str, direction: str) -> None:
        if re.search("[\u0600-\u06ff]", text):
            self.texts += 1
            if direction != "auto":
                self.wrong.append(place)


@pytest.fixture
def card(alice: User) -> Card:
    """A card of Alice with its source message. Her name, token, chat, citation and error are in Arabic, too."""
    alice.name = ARABIC
    alice.save()
    ApiTokenFactory(owner=alice, name=ARABIC)
    conversation = ConversationFactory(owner=alice, title=ARABIC, pinned=True)
    question = MessageFactory(conversation=conversation, content=ARABIC)
    citation = {
        "number": 1,
        "message_id": str(question.pk),
        "conversation_id": str(conversation.pk),
        "title": ARABIC,
        "excerpt": ARABIC,
    }
    answer = MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=ARABIC, citations=[citation])
    MessageFactory(
        conversation=conversation,
        role=Role.ASSISTANT,
        content=ARABIC,
        status=MessageStatus.FAILED,
        error={"code": "x", "detail": ARABIC},
    )
    return CardFactory(owner=alice, question=ARABIC, answer=ARABIC, tags=["خلية"], message=answer)


@pytest.fixture
def generation(alice: User, card: Card) -> Generation:
    generation = GenerationFactory(owner=alice, proposed=2, message=card.message)
    draft = CardFactory(owner=alice, question=ARABIC, answer=ARABIC, status=CardStatus.DRAFT, generation=generation)
    note = {"question": ARABIC, "answer": ARABIC, "of": str(card.pk), "similarity": 0.9}
    generation.duplicates = [
        {**note, "kind": "near", "draft_id": str(draft.pk)},
        {**note, "kind": "exact", "draft_id": None},
    ]
    generation.save()
    return generation


def check_page(browser: Client, url: str) -> DirectionChecker:
    response = browser.get(url)
    assert response.status_code == 200, url
    checker = DirectionChecker()
    checker.feed(response.text)
    return checker


def test_user_and_model_text_has_its_own_direction(
    alice: User, client_of: Callable[[User], Client], card: Card, generation: Generation
) -> None:
    assert card.message is not None
    failed = GenerationFactory(
        owner=alice, status=GenerationStatus.FAILED, error={"code": "x", "detail": ARABIC}, text=ARABIC
    )
    min_texts = {
        reverse("chat:conversation-list"): 1,
        reverse("chat:conversation-detail", args=[card.message.conversation_id]): 9,
        reverse("chat:message-search") + f"?q={ARABIC.split()[0]}": 3,
        reverse("flashcards:card-list") + f"?q={ARABIC.split()[0]}&tag=خلية": 4,
        reverse("flashcards:card-edit", args=[card.pk]): 3,
        reverse("flashcards:generation-detail", args=[generation.pk]): 5,
        reverse("flashcards:generation-detail", args=[failed.pk]): 2,
        reverse("quiz:review") + f"?card={card.pk}&turned=1": 2,
        reverse("accounts:profile"): 1,
        reverse("accounts:tokens"): 1,
    }
    browser = client_of(alice)
    for url, minimum in min_texts.items():
        checker = check_page(browser, url)
        assert checker.wrong == [], url
        assert checker.texts >= minimum, (url, checker.texts)


def test_typed_text_has_its_own_direction(alice: User, client_of: Callable[[User], Client]) -> None:
    """Every field for free text has `dir="auto"`, even while it is empty."""
    conversation = ConversationFactory(owner=alice)
    for url in (
        reverse("chat:conversation-list"),
        reverse("chat:conversation-detail", args=[conversation.pk]),
        reverse("chat:message-search"),
        reverse("flashcards:card-list"),
        reverse("flashcards:card-create"),
        reverse("flashcards:generation-create"),
        reverse("accounts:profile"),
        reverse("accounts:tokens"),
    ):
        html = client_of(alice).get(url).text
        fields = re.findall(r'<textarea[^>]*>|<input[^>]*type="(?:text|search)"[^>]*>|<input(?![^>]*type=)[^>]*>', html)
        assert fields
        assert [field for field in fields if 'dir="auto"' not in field] == [], url
