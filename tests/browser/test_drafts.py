"""What is typed in a composer stays until it is sent, for each chat."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import ConversationFactory, MessageFactory

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"


def test_drafts_are_kept_for_each_chat_until_they_are_sent(open_browser: Callable[..., Page], alice: User) -> None:
    chats = ConversationFactory.create_batch(2, owner=alice)
    for chat in chats:
        MessageFactory(conversation=chat)
    first, second = (reverse("chat:conversation-detail", args=[chat.pk]) for chat in chats)
    page = open_browser(alice)
    field = page.locator("#composer-text")
    page.goto(first)
    field.fill("Half a thought")
    page.goto(second)
    expect(field).to_have_value("")
    field.fill("Another one")
    page.goto(first)
    expect(field).to_have_value("Half a thought")
    page.get_by_role("button", name="Send").click()
    expect(field).to_have_value("")
    expect(page.locator(".message.user")).to_have_count(2)
    page.goto("/")
    field.fill("A new chat")
    page.reload()
    expect(field).to_have_value("A new chat")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.user .message-body")).to_have_text(["A new chat"])
    page.goto("/")
    expect(field).to_have_value("")
    page.goto(second)
    expect(field).to_have_value("Another one")
    assert page.evaluate(DRAFTS) == 1
    page.goto(reverse("accounts:settings"))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")
    assert page.evaluate(DRAFTS) == 0
