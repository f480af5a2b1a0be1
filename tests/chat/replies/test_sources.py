"""What replies were given, as the page of their conversation shows it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation, MessageStatus
from tests.factories import ConversationFactory, reply_pieces, reply_to


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, title="Cells")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def shown(browser: Client, conversation: Conversation) -> str:
    return browser.get(reverse("chat:conversation-detail", args=[conversation.pk])).content.decode()


def test_only_what_the_text_cites_is_shown_under_it(browser: Client, conversation: Conversation) -> None:
    cited, unused = reply_pieces(conversation.owner, "Mitochondria", "Bread")
    reply_to(conversation, content="ATP [1]", context=[cited, unused])
    html = shown(browser, conversation).partition('class="citations"')[2].partition("</ol>")[0]
    assert "Mitochondria" in html
    assert "Bread" not in html


def test_a_failed_reply_shows_no_citations(browser: Client, conversation: Conversation) -> None:
    error = {"code": "x", "detail": "No key yet."}
    [cited] = reply_pieces(conversation.owner, "Mitochondria")
    reply_to(conversation, content="ATP [1]", context=[cited], status=MessageStatus.FAILED, error=error)
    assert "Mitochondria" not in shown(browser, conversation)


def test_a_citation_of_a_deleted_chat_is_shown_without_a_link(browser: Client, conversation: Conversation) -> None:
    [cited] = reply_pieces(conversation.owner, "Mitochondria")
    Conversation.objects.filter(pk=cited["conversation_id"]).update(deleted_at=timezone.now())
    reply_to(conversation, content="ATP [1]", context=[cited])
    html = shown(browser, conversation)
    assert "Mitochondria" in html
    assert cited["conversation_id"] not in html


def test_the_sources_of_all_replies_are_read_with_one_query(browser: Client, conversation: Conversation) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(browser, conversation)
        return len(captured)

    reply_to(conversation, content="ATP [1]", context=reply_pieces(conversation.owner, "Mitochondria"))
    before = queries()
    for _ in range(3):
        reply_to(conversation, content="ATP [1]", context=reply_pieces(conversation.owner, "Mitochondria", "Bread"))
    assert queries() == before
