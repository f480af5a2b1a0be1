"""axe-core on every page, in both sets of colours and at both sizes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from chat.models import Conversation, MessageStatus, Role
from flashcards.models import Card, CardStatus, Generation
from tests.factories import CardFactory, ConversationFactory, GenerationFactory, MessageFactory, ReviewFactory

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
ANSWER = """It takes **two** stages.

| Stage | Place |
|:--|--:|
| Light reactions | a word so long that it does not fit on a phone: `thylakoid_membrane_of_a_chloroplast_in_a_leaf` |

```python
energy = PLANCK * LIGHT / wavelength  # a line that is longer than a phone is wide, so it has to scroll
```

$$
E = h\\nu
$$
"""
RUN = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


def problems_of(page: Page) -> list[str]:
    """One line for each thing axe finds; it runs outside the page's policy, as an extension would."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("size", "colours"), [("desk", "light"), ("phone", "dark")])
def test_axe_finds_nothing_on_the_way_in(open_browser: Callable[..., Page], size: str, colours: str) -> None:
    page = open_browser(size=size, color_scheme=colours)
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"):
        page.goto(address)
        assert problems_of(page) == [], address


@pytest.fixture
def conversation(alice: User) -> Conversation:
    conversation = ConversationFactory(owner=alice, title="Photosynthesis", pinned=True)
    MessageFactory(conversation=conversation, content="How does it work?")
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=ANSWER)
    error = {"code": "key-refused", "detail": "Claude refused the key. Check it under Settings."}
    failed = MessageStatus.FAILED
    MessageFactory(conversation=conversation, role=Role.ASSISTANT, content="Half", status=failed, error=error)
    return conversation


@pytest.fixture
def deck(alice: User) -> tuple[Card, Generation]:
    """A deck with cards of each stage, answers given, and proposals that wait."""
    card = CardFactory(owner=alice, question="What makes ATP?", answer=ANSWER, tags=["biology"], reviewed=True)
    CardFactory.create_batch(3, owner=alice)
    CardFactory(owner=alice, status=CardStatus.SUSPENDED)
    ReviewFactory(card=card, owner=alice)
    proposed = GenerationFactory(owner=alice)
    CardFactory.create_batch(2, owner=alice, status=CardStatus.DRAFT, generation=proposed)
    return card, proposed


@pytest.fixture
def addresses(conversation: Conversation, deck: tuple[Card, Generation]) -> list[str]:
    """Every page that a person can open, with something on it."""
    account = ["account_email", "account_change_password", "mfa_index", "usersessions_list", "account_logout"]
    settings = [f"accounts:{name}" for name in ("settings", "profile", "tokens", "data")]
    review = [f"quiz:{name}" for name in ("review", "progress", "settings")]
    cards = [f"flashcards:{name}" for name in ("card-list", "card-create", "generation-create")]
    names = [*account, *settings, *review, *cards, "providers:keys", "chat:conversation-list", "chat:message-search"]
    card, proposed = deck
    return [
        *(reverse(name) for name in names),
        reverse("chat:conversation-detail", args=[conversation.pk]),
        reverse("quiz:review") + f"?card={card.pk}&turned=1",
        reverse("flashcards:card-edit", args=[card.pk]),
        reverse("flashcards:generation-detail", args=[proposed.pk]),
    ]


@pytest.mark.parametrize(("size", "colours"), [("desk", "light"), ("phone", "dark")])
def test_axe_finds_nothing_inside(
    open_browser: Callable[..., Page], alice: User, addresses: list[str], size: str, colours: str
) -> None:
    page = open_browser(alice, size=size, color_scheme=colours)
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert problems_of(page) == [], address


def test_no_page_is_wider_than_a_phone(open_browser: Callable[..., Page], alice: User, addresses: list[str]) -> None:
    page = open_browser(alice, size="phone")
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
