"""What a reply used: the panel beside a chat, which is a sheet on a phone."""

from collections.abc import Callable
from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from chat.models import LeftOutPiece, Message
from tests.browser.test_accessibility import faults_on_a_desktop
from tests.factories import ConversationFactory, reply_pieces, reply_to

OpenBrowser = Callable[..., Page]
TEXTS = [
    "My sourdough bread needs twelve grams of salt for each kilogram of flour, said Ines when we baked.",
    "Yeast dies above 50 degrees, so the water for a dough should only be warm to the hand.",
    "The oven of my aunt loses heat whenever she looks inside, so she bakes with a stone.",
]
ANSWER = "Twelve grams for each kilogram of flour [1], which you noted when you baked with Ines.\n\nUse warm water."


@pytest.fixture
def reply(alice: User) -> Message:
    """An answer that cites the first of three pieces, above an answer that was given nothing."""
    conversation = ConversationFactory(owner=alice, title="Bread for Sunday")
    context = reply_pieces(alice, *TEXTS)
    context[1]["reason"] = "Shares the words ‘dough’, ‘water’"
    context[2]["reason"] = "Next to a message about this"
    reply = reply_to(conversation, content=ANSWER, context=context)
    reply_to(conversation, content="You are welcome.")
    return reply


def address_of(reply: Message) -> str:
    return reverse("chat:conversation-detail", args=[reply.conversation_id])


def test_the_panel_shows_leaves_out_and_forgets_what_an_answer_used(open_browser: OpenBrowser, reply: Message) -> None:
    page = open_browser(reply.owner)
    page.goto(address_of(reply))
    panel = page.locator("#memory-used")
    expect(panel).to_contain_text("This answer used nothing from your memory.")
    page.get_by_role("link", name="Memory used (3)").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Memory used")).to_be_focused()
    pieces = panel.locator(".piece")
    expect(pieces).to_have_count(3)
    expect(pieces.first).to_contain_text("Cited")
    assert faults_on_a_desktop(page) == []

    pieces.nth(1).get_by_role("button", name="Leave out").click()
    expect(pieces.nth(1)).to_contain_text("Left out in this chat")
    panel.get_by_text("Left out in this chat (1)").click()
    panel.locator(".left-out").get_by_role("button", name="Use again").click()
    expect(panel.locator(".left-out")).to_have_count(0)
    assert not LeftOutPiece.objects.exists()

    pieces.first.get_by_role("button", name="Forget").press("Enter")
    expect(pieces.first).to_contain_text("Forgotten: not used or found")
    expect(pieces.first).not_to_contain_text("twelve grams")
    expect(panel.get_by_role("heading", name="Memory used")).to_be_focused()
    assert Message.objects.exclude(forgotten_at=None).count() == 1
    page.locator(".toast", has_text="Forgotten").get_by_role("button", name="Undo").click()
    page.wait_for_url("**/chat/**message=**")
    expect(pieces.first).to_contain_text("twelve grams")
    assert not Message.objects.exclude(forgotten_at=None).exists()

    page.get_by_role("link", name="Source 1").click()
    expect(page.locator(".message:focus")).to_contain_text("twelve grams")


def test_on_a_phone_the_panel_is_a_sheet_that_returns_to_its_button(open_browser: OpenBrowser, reply: Message) -> None:
    page = open_browser(reply.owner, size="phone", has_touch=True)
    page.goto(address_of(reply))
    button, panel = page.get_by_role("link", name="Memory used (3)"), page.locator("#panel")
    expect(panel).not_to_be_visible()
    ways: list[Callable[[], None]] = [partial(page.keyboard.press, "Escape"), panel.get_by_label("Close").click]
    for close in ways:
        button.click()
        expect(panel).to_be_visible()
        expect(panel.get_by_role("heading", name="Memory used")).to_be_focused()
        close()
        expect(panel).not_to_be_visible()
        expect(button).to_be_focused()
    button.click()
    expect(panel).to_be_visible()
    assert faults_on_a_desktop(page) == []
