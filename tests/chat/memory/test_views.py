"""The panel "Memory used" and its actions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.models import Conversation, LeftOutPiece, Message, MessageStatus, Role
from tests.factories import ConversationFactory, MessageFactory, reply_pieces, reply_to

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, title="Baking")


@pytest.fixture
def reply(conversation: Conversation) -> Message:
    """A reply that was given two messages and cites the first."""
    context = reply_pieces(conversation.owner, "Bread needs salt.", "Bread needs yeast.")
    return reply_to(conversation, content="Salt [1].", context=context)


@pytest.fixture
def source(reply: Message) -> Message:
    """What the reply cites."""
    return Message.objects.get(pk=reply.context[0]["id"])


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def panel(browser: Client, reply: Message) -> str:
    return browser.get(reverse("chat:message-memory", args=[reply.pk]), headers=HTMX).content.decode()


def post(browser: Client, name: str, *arguments: object, **data: Any) -> str:
    address = reverse(f"chat:{name}", args=arguments)
    response = browser.post(address, data, headers=HTMX, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_panel_shows_every_piece_with_its_reason_and_the_cited_ones_first(
    browser: Client, reply: Message, source: Message
) -> None:
    reply.context = [{**piece, "cited": piece["number"] == 2} for piece in reply.context]
    reply.save()
    html = panel(browser, reply)
    assert html.index("Bread needs yeast.") < html.index("Bread needs salt.")
    assert html.count(">Cited<") == 1
    assert html.count("Close in meaning") == 2
    assert f'href="{source.get_absolute_url()}"' in html
    assert "<html" not in html


def test_without_javascript_the_panel_is_a_page(browser: Client, reply: Message) -> None:
    html = browser.get(reverse("chat:message-memory", args=[reply.pk])).content.decode()
    assert "</html>" in html
    assert "Bread needs yeast." in html


def test_the_page_of_a_chat_shows_the_panel_of_its_last_reply_or_the_linked_one(
    browser: Client, conversation: Conversation, reply: Message
) -> None:
    reply_to(conversation, context=reply_pieces(conversation.owner, "Rivers run to the sea."))
    address = reverse("chat:conversation-detail", args=[conversation.pk])
    shown = [browser.get(url).content.decode() for url in (address, reply.get_absolute_url())]
    panels = [html.partition('id="memory-used"')[2] for html in shown]
    assert ["Rivers" in html for html in panels] == [True, False]
    assert "Memory used (2)" in shown[0]


@pytest.mark.parametrize(
    ("use_memory", "status", "says", "offers"),
    [
        (True, MessageStatus.COMPLETE, "This answer used nothing from your memory.", "Search your memory"),
        (False, MessageStatus.COMPLETE, "Memory is off in this chat.", "Turn memory on"),
        (True, MessageStatus.FAILED, "The last answer failed.", ""),
        (True, MessageStatus.GENERATING, "The answer is being written.", ""),
    ],
)
def test_the_panel_says_why_it_is_empty(
    browser: Client, conversation: Conversation, use_memory: bool, status: MessageStatus, says: str, offers: str
) -> None:
    conversation.use_memory = use_memory
    conversation.save()
    html = panel(browser, reply_to(conversation, status=status))
    assert says in html
    assert offers in html


def test_a_chat_without_answers_says_what_will_be_here(browser: Client, conversation: Conversation) -> None:
    html = browser.get(reverse("chat:conversation-detail", args=[conversation.pk])).content.decode()
    assert "What an answer uses of your other chats will appear here." in html


def test_a_failed_reply_shows_no_pieces(browser: Client, reply: Message) -> None:
    Message.objects.filter(pk=reply.pk).update(status=MessageStatus.FAILED, error={"code": "x", "detail": "y"})
    html = browser.get(reply.get_absolute_url()).content.decode()
    assert "Bread needs" not in html
    assert "Memory used (" not in html


def test_a_piece_is_left_out_with_an_undo_and_used_again(browser: Client, reply: Message) -> None:
    html = post(browser, "piece-leave-out", reply.pk, 2)
    left_out = LeftOutPiece.objects.get()
    undo = reverse("chat:piece-use-again", args=[left_out.pk])
    assert "Left out in this chat (1)" in html
    assert f'action="{undo}?chat={reply.pk}"' in html
    assert "Left out in this chat (" not in post(browser, "piece-use-again", left_out.pk, panel=reply.pk)
    assert not LeftOutPiece.objects.exists()


def test_a_message_is_forgotten_with_an_undo_and_remembered_again(
    browser: Client, reply: Message, source: Message
) -> None:
    html = post(browser, "message-forget", source.pk, panel=reply.pk)
    assert "Forgotten: not used or found" in html
    assert "Bread needs salt." not in html
    undo = reverse("chat:message-remember", args=[source.pk])
    assert f'action="{undo}?chat={reply.pk}"' in html
    assert "Forgotten: not used or found" not in post(browser, "message-remember", source.pk, panel=reply.pk)


def test_an_undo_returns_to_the_reply(browser: Client, reply: Message, source: Message) -> None:
    address = reverse("chat:message-remember", args=[source.pk])
    assert browser.post(f"{address}?chat={reply.pk}").headers["Location"] == reply.get_absolute_url()


@pytest.mark.parametrize("query", ["", "?chat=x", "?chat=00000000-0000-0000-0000-000000000000"])
def test_without_a_reply_to_return_to_the_message_is_shown(browser: Client, source: Message, query: str) -> None:
    address = reverse("chat:message-forget", args=[source.pk])
    assert browser.post(address + query).headers["Location"] == source.get_absolute_url()


@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_a_forgotten_message_is_marked_in_its_chat(browser: Client, conversation: Conversation, role: Role) -> None:
    message = MessageFactory(conversation=conversation, role=role, content="Bread needs salt.")
    post(browser, "message-forget", message.pk)
    html = browser.get(message.get_absolute_url()).content.decode()
    assert "Forgotten: not used or found" in html
    assert reverse("chat:message-remember", args=[message.pk]) in html


def test_a_piece_that_the_reply_was_not_given_is_not_found(browser: Client, reply: Message) -> None:
    assert browser.post(reverse("chat:piece-leave-out", args=[reply.pk, 7])).status_code == 404
