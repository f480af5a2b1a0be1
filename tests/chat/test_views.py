import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat import queries, services
from chat.conversations.model_picker import model_options
from chat.models import Conversation, MessageStatus, Role
from chat.queries import MAX_MESSAGES_SHOWN
from providers.types import ModelInfo
from tests.factories import CardFactory, ConversationFactory, MessageFactory, long_thread, reply_to
from tests.stand_ins.ollama import OllamaStandIn

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, title="Cells")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def shown(browser: Client, conversation: Conversation, query: str = "", **headers: str) -> str:
    response = browser.get(reverse("chat:conversation-detail", args=[conversation.pk]) + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def selected_options(html: str) -> list[tuple[str, str]]:
    """The value and the label of each selected option."""
    return re.findall(r'<option value="([^"]*)"[^>]* selected\b[^>]*>([^<]*)</option>', html)


def test_home_lists_only_the_users_own_chats(browser: Client, conversation: Conversation) -> None:
    ConversationFactory(title="Another user's")
    html = browser.get("/").content.decode()
    assert "Cells" in html
    assert "Another user" not in html


def test_an_empty_home_page_says_what_to_do(browser: Client) -> None:
    assert "No chats yet" in browser.get("/").content.decode()


def test_home_asks_an_anonymous_visitor_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"].startswith(reverse("account_login"))


def test_archived_chats_have_their_own_list(browser: Client, conversation: Conversation) -> None:
    change = reverse("chat:conversation-change", args=[conversation.pk])
    browser.post(change, {"archived": "true"})
    assert "Cells" not in browser.get("/").content.decode()
    assert "Cells" in browser.get("/?archived").content.decode()


def test_a_first_message_opens_a_chat(browser: Client, alice: User) -> None:
    response = browser.post(reverse("chat:conversation-open"), {"content": "What is ATP?"})
    conversation = alice.conversations.get()
    assert response.headers["Location"] == reverse("chat:conversation-detail", args=[conversation.pk])
    assert conversation.title == "What is ATP?"


def test_an_empty_first_message_is_refused_in_place(browser: Client, alice: User) -> None:
    response = browser.post(reverse("chat:conversation-open"), {"content": "  "})
    assert response.status_code == 422
    assert "Write something first." in response.content.decode()


def test_a_send_redirects_to_the_chat(browser: Client, conversation: Conversation) -> None:
    response = browser.post(reverse("chat:message-send", args=[conversation.pk]), {"content": "Hello"}, follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Hello" in html
    assert 'sse-close="done"' in html
    assert "Stop the answer" in html


def test_a_send_by_htmx_adds_only_what_is_new(browser: Client, conversation: Conversation) -> None:
    reply_to(conversation, content="Old words")
    address = reverse("chat:message-send", args=[conversation.pk])
    html = browser.post(address, {"content": "Hello"}, headers=HTMX, follow=True).content.decode()
    assert "<html" not in html
    assert "Old words" not in html
    assert html.count('<article class="message') == 2


def test_a_second_send_says_beside_the_field_that_an_answer_is_being_written(
    browser: Client, conversation: Conversation
) -> None:
    services.send_message(conversation=conversation, content="One")
    address = reverse("chat:message-send", args=[conversation.pk])
    response = browser.post(address, {"content": "My two"}, headers=HTMX)
    html = response.content.decode()
    assert (response.status_code, response.headers["HX-Retarget"]) == (422, "#composer")
    assert "An answer is still being written." in html
    assert "My two" in html


def test_the_chosen_model_answers_and_stays_chosen(browser: Client, conversation: Conversation) -> None:
    address = reverse("chat:message-send", args=[conversation.pk])
    browser.post(address, {"content": "Hello", "choice": "ollama:llama3.2:latest"})
    conversation.refresh_from_db()
    assert (conversation.provider, conversation.model) == ("ollama", "llama3.2:latest")
    assert conversation.messages.get(role=Role.ASSISTANT).model == "llama3.2:latest"


def test_replies_are_markdown_and_user_messages_are_not(browser: Client, conversation: Conversation) -> None:
    MessageFactory(conversation=conversation, content="**mine** <b>x</b>")
    reply_to(conversation, content="**theirs** <script>alert(1)</script>")
    html = shown(browser, conversation)
    assert "**mine** &lt;b&gt;x&lt;/b&gt;" in html
    assert "<strong>theirs</strong>" in html
    assert "<script>alert" not in html


def test_only_the_last_messages_are_shown_and_the_earlier_ones_are_a_link(
    browser: Client, conversation: Conversation
) -> None:
    messages = [MessageFactory(conversation=conversation, content=f"word-{number}-") for number in range(105)]
    html = shown(browser, conversation)
    assert html.count('<article class="message') == MAX_MESSAGES_SHOWN
    assert "word-4-" not in html
    earlier = shown(browser, conversation, f"?before={messages[5].pk}")
    assert "word-4-" in earlier
    assert "word-5-" not in earlier
    assert "Show later" in earlier
    assert "Show earlier" not in earlier


def numbers_in(html: str) -> list[int]:
    """The numbers of the messages of `long_thread` that are shown."""
    return [int(number) for number in re.findall(r">(?:<p>)?Number (\d+)\.", html)]


def test_a_link_to_a_message_shows_three_messages_before_it(
    browser: Client, conversation: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    messages = long_thread(conversation, 115)
    html = browser.get(messages[10].get_absolute_url()).content.decode()
    assert numbers_in(html) == list(range(7, 107))
    assert f'href="/chat/{conversation.pk}/?before={messages[7].pk}"' in html
    assert f'href="/chat/{conversation.pk}/?after={messages[106].pk}"' in html
    assert "Latest messages" in html
    assert 'hx-post="' not in html.split('id="composer"')[0].rsplit("<form", 1)[1]
    start = browser.get(messages[2].get_absolute_url()).content.decode()
    assert numbers_in(start) == list(range(100))
    assert "Show earlier" not in start
    end = browser.get(messages[-1].get_absolute_url()).content.decode()
    assert numbers_in(end) == list(range(111, 115))
    assert "Show later" not in end
    with django_assert_num_queries(2):
        assert len(queries.thread(conversation.messages.current(), message=messages[60].pk).messages) == 58


def test_more_messages_are_loaded_at_both_ends(browser: Client, conversation: Conversation) -> None:
    messages = long_thread(conversation, 115)
    earlier = shown(browser, conversation, f"?before={messages[105].pk}", **HTMX)
    assert numbers_in(earlier) == list(range(5, 105))
    assert ("Show earlier" in earlier, "Show later" in earlier, "<html" in earlier) == (True, False, False)
    later = shown(browser, conversation, f"?after={messages[9].pk}", **HTMX)
    assert numbers_in(later) == list(range(10, 110))
    assert ("Show earlier" in later, "Show later" in later, "<html" in later) == (False, True, False)
    last = shown(browser, conversation, f"?after={messages[109].pk}", **HTMX)
    assert numbers_in(last) == list(range(110, 115))
    assert "Show later" not in last


@pytest.mark.parametrize("query", ["?before=x", "?after=x", "?message=x", "?new=x", "?before=x&after=y"])
def test_an_invalid_position_shows_the_latest_messages(browser: Client, conversation: Conversation, query: str) -> None:
    MessageFactory(conversation=conversation, content="Number 1.")
    assert numbers_in(shown(browser, conversation, query)) == [1]
    assert numbers_in(shown(browser, conversation, query, **HTMX)) == [1]


def test_a_failed_reply_shows_its_error_and_can_be_retried(browser: Client, conversation: Conversation) -> None:
    reply_to(conversation, content="So far", status=MessageStatus.FAILED, error={"code": "x", "detail": "No key yet."})
    html = shown(browser, conversation)
    assert "No key yet." in html
    assert "Retry" in html
    assert "Continue" in html
    assert "So far" in html


def test_retrying_replaces_the_old_reply(browser: Client, conversation: Conversation) -> None:
    old = reply_to(conversation, content="So far", status=MessageStatus.FAILED, error={"code": "x", "detail": "y"})
    address = reverse("chat:message-regenerate", args=[old.pk])
    html = browser.post(address, headers=HTMX, follow=True).content.decode()
    assert html.count('<article class="message') == 1
    assert "So far" not in html
    assert "sse-connect" in html


def test_citations_link_to_their_message(browser: Client, conversation: Conversation) -> None:
    source = MessageFactory(conversation=ConversationFactory(owner=conversation.owner))
    citation = {
        "number": 1,
        "message_id": str(source.pk),
        "conversation_id": str(source.conversation_id),
        "title": "Cells, 2026-01-01",
        "excerpt": "Mitochondria <b>",
    }
    reply_to(conversation, content="ATP [1]", citations=[citation])
    html = shown(browser, conversation)
    assert f'href="/chat/{source.conversation_id}/?message={source.pk}#message-{source.pk}"' in html
    assert "Mitochondria &lt;b&gt;" in html
    assert html.index("ATP") < html.index('aria-label="Source 1">1</a>]') < html.index('class="citations"')


def test_a_message_with_cards_has_a_chip(browser: Client, conversation: Conversation, alice: User) -> None:
    CardFactory(owner=alice, message=reply_to(conversation, content="ATP"))
    assert "Has cards" in shown(browser, conversation)


def test_a_deleted_chat_can_be_restored(browser: Client, conversation: Conversation, alice: User) -> None:
    html = browser.post(reverse("chat:conversation-delete", args=[conversation.pk]), follow=True).content.decode()
    restore = reverse("chat:conversation-restore", args=[conversation.pk])
    assert restore in html
    assert not alice.conversations.alive().exists()
    browser.post(restore)
    assert alice.conversations.alive().exists()


def test_a_chat_is_renamed_pinned_and_its_memory_turned_off(browser: Client, conversation: Conversation) -> None:
    address = reverse("chat:conversation-change", args=[conversation.pk])
    for change in ({"title": "ATP"}, {"pinned": "true"}, {"use_memory": "false"}):
        browser.post(address, change)
    conversation.refresh_from_db()
    assert (conversation.title, conversation.pinned, conversation.use_memory) == ("ATP", True, False)


@pytest.mark.parametrize(("kind", "words"), [("markdown", "# Cells"), ("json", '"title": "Cells"')])
def test_a_chat_is_exported(browser: Client, conversation: Conversation, kind: str, words: str) -> None:
    reply_to(conversation, content="ATP — Ærø")
    response = browser.get(reverse("chat:conversation-export", args=[conversation.pk, kind]))
    assert words in response.content.decode()
    assert "ATP — Ærø" in response.content.decode()
    assert response.headers["Content-Disposition"].startswith('attachment; filename="cells.')


def test_there_is_no_other_kind_of_export(browser: Client, conversation: Conversation) -> None:
    assert browser.get(reverse("chat:conversation-export", args=[conversation.pk, "exe"])).status_code == 404


def test_the_model_picker_lists_what_can_be_chosen(browser: Client) -> None:
    html = browser.get(reverse("chat:model-list"), headers=HTMX).content.decode()
    assert 'value="builtin:' in html
    assert "<html" not in html


def test_an_unavailable_model_stays_chosen(alice: User, client_of: Callable[[User], Client]) -> None:
    query = {"chosen": "ollama:llama3.2:latest"}
    html = client_of(alice).get(reverse("chat:model-list"), query, headers=HTMX).content.decode()
    assert selected_options(html) == [("ollama:llama3.2:latest", "llama3.2:latest (unavailable)")]


def test_an_unavailable_model_of_any_provider_is_shown_by_its_name() -> None:
    options = model_options([ModelInfo("builtin", "tutor", "Tutor", available=True)], chosen="mistral:large:2")
    assert [(option.value, option.label) for option in options] == [
        ("mistral:large:2", "large:2 (unavailable)"),
        ("builtin:tutor", "Tutor"),
    ]


@pytest.mark.parametrize("name", ["llama3.2", "llama3.2:latest"])
def test_a_chosen_ollama_model_is_selected_once_with_and_without_its_tag(
    browser: Client, ollama: OllamaStandIn, name: str
) -> None:
    html = browser.get(reverse("chat:model-list"), {"chosen": f"ollama:{name}"}, headers=HTMX).content.decode()
    assert selected_options(html) == [("ollama:llama3.2:latest", "llama3.2")]
    assert html.count("llama3.2</option>") == 1
    assert "(unavailable)" not in html


def test_related_chats_are_a_fragment_of_the_page(browser: Client, conversation: Conversation) -> None:
    html = browser.get(reverse("chat:conversation-related", args=[conversation.pk]), headers=HTMX).content.decode()
    assert "Chats about similar topics will appear here." in html


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("get", "conversation-detail"),
        ("get", "conversation-related"),
        ("post", "message-send"),
        ("post", "conversation-change"),
        ("post", "conversation-delete"),
        ("post", "conversation-restore"),
    ],
)
def test_a_stranger_gets_404_for_a_chat(
    client_of: Callable[[User], Client], mallory: User, conversation: Conversation, verb: str, name: str
) -> None:
    send = getattr(client_of(mallory), verb)
    assert send(reverse(f"chat:{name}", args=[conversation.pk])).status_code == 404


@pytest.mark.parametrize(
    ("verb", "name"),
    [("get", "stream"), ("post", "stop"), ("post", "regenerate"), ("post", "continue")],
)
def test_a_stranger_gets_404_for_a_message(
    client_of: Callable[[User], Client], mallory: User, conversation: Conversation, verb: str, name: str
) -> None:
    send = getattr(client_of(mallory), verb)
    assert send(reverse(f"chat:message-{name}", args=[reply_to(conversation).pk])).status_code == 404


def test_a_page_costs_the_same_queries_however_long_the_chat(
    browser: Client, conversation: Conversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        reply_to(conversation)
    with django_assert_max_num_queries(30) as few:
        shown(browser, conversation)
    for _ in range(5):
        reply_to(conversation)
    with django_assert_max_num_queries(len(few)):
        shown(browser, conversation)


def test_home_costs_the_same_queries_however_many_chats(
    browser: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ConversationFactory.create_batch(3, owner=alice)
    with django_assert_max_num_queries(30) as few:
        browser.get("/")
    ConversationFactory.create_batch(5, owner=alice)
    with django_assert_max_num_queries(len(few)):
        browser.get("/")
