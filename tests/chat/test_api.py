from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Scope, User
from chat import services
from chat.models import Conversation, MessageStatus, Role
from chat.schemas import MessageOut
from flashcards.models import CardStatus
from search.services import drain
from tests.api import ApiClient
from tests.factories import (
    ApiTokenFactory,
    CardFactory,
    ConversationFactory,
    GoalFactory,
    MessageFactory,
    SkillNodeFactory,
    reply_to,
)

CHATS = "/chat/conversations"


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, title="Cells")


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


def test_a_conversation_is_created_with_the_default_model(api: ApiClient) -> None:
    made = api.post(CHATS, {"title": "Cells"})
    assert made.status == 201
    assert made.body["title"] == "Cells"
    assert made.body["provider"]
    assert set(made.body) == {
        *("id", "title", "provider", "model", "use_memory", "pinned", "archived", "created_at", "updated_at"),
        *("goal_id", "skill_node_id"),
    }


def test_a_conversation_is_about_a_goal_or_a_skill(api: ApiClient, alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    goal_id, skill_id, other = str(skill.tree.goal_id), str(skill.pk), str(GoalFactory(owner=alice).pk)
    made = api.post(CHATS, {"skill_node_id": skill_id})
    assert (made.body["goal_id"], made.body["skill_node_id"]) == (goal_id, skill_id)
    address = f"{CHATS}/{made.body['id']}"
    for changes, goal, chosen in (
        ({"title": "Past"}, goal_id, skill_id),
        ({"skill_node_id": None}, goal_id, None),
        ({"skill_node_id": skill_id}, goal_id, skill_id),
        ({"goal_id": other}, other, None),
        ({"goal_id": goal_id, "skill_node_id": skill_id}, goal_id, skill_id),
    ):
        changed = api.patch(address, changes)
        assert (changed.body["goal_id"], changed.body["skill_node_id"]) == (goal, chosen)
    for refused in ({"goal_id": other, "skill_node_id": skill_id}, {"goal_id": str(GoalFactory().pk)}):
        assert api.patch(address, refused).status == api.post(CHATS, refused).status == 404
    assert [item["id"] for item in api.get(CHATS, skill_node_id=skill_id).body["items"]] == [made.body["id"]]
    assert api.get(CHATS, goal_id=other).body["items"] == []
    assert api.patch(address, {"goal_id": None}).body["goal_id"] is None


def test_conversations_are_listed_changed_and_deleted(api: ApiClient, conversation: Conversation) -> None:
    address = f"{CHATS}/{conversation.pk}"
    assert [item["id"] for item in api.get(CHATS).body["items"]] == [str(conversation.pk)]
    changed = api.patch(address, {"pinned": True})
    assert (changed.body["pinned"], changed.body["title"]) == (True, "Cells")
    assert api.delete(address).status == 204
    assert api.get(address).status == 404
    assert api.get(CHATS).body["items"] == []


def test_a_send_answers_with_the_message_and_the_reply(api: ApiClient, conversation: Conversation) -> None:
    sent = api.post(f"{CHATS}/{conversation.pk}/messages", {"content": "What is ATP?"})
    assert sent.status == 201
    assert (sent.body["message"]["role"], sent.body["message"]["content"]) == ("user", "What is ATP?")
    assert (sent.body["reply"]["role"], sent.body["reply"]["status"]) == ("assistant", "generating")
    assert sent.body["reply"]["citations"] == []
    assert sent.body["reply"]["error"] is None


def test_a_second_send_is_a_conflict(api: ApiClient, conversation: Conversation) -> None:
    address = f"{CHATS}/{conversation.pk}/messages"
    api.post(address, {"content": "One"})
    refused = api.post(address, {"content": "Two"})
    assert (refused.status, refused.body["type"]) == (409, "reply-under-way")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": " "}, 422),
        ({"content": "a" * 100_001}, 413),
        ({"content": "a\0b"}, 422),
        ({"content": "x", "provider": "unknown"}, 422),
        ({"content": "x", "model": "m" * 101}, 422),
        ({}, 422),
    ],
)
def test_an_invalid_message_is_refused(
    api: ApiClient, conversation: Conversation, body: dict[str, str], status: int
) -> None:
    assert api.post(f"{CHATS}/{conversation.pk}/messages", body).status == status
    assert not conversation.messages.exists()


def test_messages_are_listed_oldest_first_page_by_page(api: ApiClient, conversation: Conversation) -> None:
    for number in range(5):
        MessageFactory(conversation=conversation, content=str(number))
    MessageFactory(conversation=conversation, content="old", superseded=True)
    first = api.get(f"{CHATS}/{conversation.pk}/messages", limit=3).body
    rest = api.get(f"{CHATS}/{conversation.pk}/messages", limit=3, cursor=first["next"]).body
    assert [item["content"] for item in first["items"] + rest["items"]] == ["0", "1", "2", "3", "4"]
    assert rest["next"] is None


def test_a_message_says_whether_it_has_cards(api: ApiClient, conversation: Conversation, alice: User) -> None:
    with_card, deleted, without = reply_to(conversation), reply_to(conversation), reply_to(conversation)
    CardFactory(owner=alice, message=with_card)
    CardFactory(owner=alice, message=deleted, deleted_at=timezone.now())
    shown = {
        item["id"]: item["has_flashcards"] for item in api.get(f"{CHATS}/{conversation.pk}/messages").body["items"]
    }
    assert (shown[str(with_card.pk)], shown[str(deleted.pk)], shown[str(without.pk)]) == (True, False, False)
    assert api.get(f"/chat/messages/{with_card.pk}").body["has_flashcards"]


def test_a_message_whose_cards_are_drafts_has_no_cards(api: ApiClient, conversation: Conversation, alice: User) -> None:
    message = reply_to(conversation)
    draft = CardFactory(owner=alice, message=message, status=CardStatus.DRAFT)
    assert not api.get(f"/chat/messages/{message.pk}").body["has_flashcards"]
    draft.status = CardStatus.ACTIVE
    draft.save()
    assert api.get(f"/chat/messages/{message.pk}").body["has_flashcards"]


def test_a_reply_that_is_stopped_or_continued_still_has_its_cards(
    api: ApiClient, conversation: Conversation, alice: User
) -> None:
    reply = reply_to(conversation, content="So far", status=MessageStatus.FAILED)
    CardFactory(owner=alice, message=reply)
    assert api.post(f"/chat/messages/{reply.pk}/continue").body["reply"]["has_flashcards"]
    assert api.post(f"/chat/messages/{reply.pk}/stop").body["message"]["has_flashcards"]


def test_a_list_costs_the_same_queries_however_long(
    api: ApiClient, conversation: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        reply_to(conversation)
    with django_assert_num_queries(3):  # session, user, messages
        api.get(f"{CHATS}/{conversation.pk}/messages")
    for _ in range(5):
        reply_to(conversation)
    with django_assert_num_queries(3):
        api.get(f"{CHATS}/{conversation.pk}/messages")


def test_the_list_of_an_empty_a_foreign_and_a_deleted_conversation(
    api: ApiClient, alice: User, conversation: Conversation
) -> None:
    assert api.get(f"{CHATS}/{conversation.pk}/messages").body == {"items": [], "next": None}
    foreign, deleted = MessageFactory(), MessageFactory(conversation__owner=alice)
    services.delete_conversation(conversation=deleted.conversation, at=timezone.now())
    for message in (foreign, deleted):
        assert api.get(f"{CHATS}/{message.conversation_id}/messages").status == 404


def test_a_reply_is_stopped_and_regenerated(api: ApiClient, conversation: Conversation) -> None:
    reply = api.post(f"{CHATS}/{conversation.pk}/messages", {"content": "Hello"}).body["reply"]
    stopped = api.post(f"/chat/messages/{reply['id']}/stop")
    assert (stopped.status, stopped.body["message"]["status"]) == (200, MessageStatus.STOPPED)
    again = api.post(f"/chat/messages/{reply['id']}/regenerate")
    assert (again.status, again.body["reply"]["status"]) == (201, MessageStatus.GENERATING)
    assert again.body["reply"]["id"] != reply["id"]


def test_a_failed_reply_is_continued(api: ApiClient, conversation: Conversation) -> None:
    reply = reply_to(conversation, content="So far", status=MessageStatus.FAILED)
    body = api.post(f"/chat/messages/{reply.pk}/continue").body
    assert (body["reply"]["status"], body["reply"]["content"]) == (MessageStatus.GENERATING, "So far")


def test_a_users_own_message_is_not_regenerated(api: ApiClient, conversation: Conversation) -> None:
    message = MessageFactory(conversation=conversation)
    assert api.post(f"/chat/messages/{message.pk}/regenerate").status == 409


@pytest.mark.django_db(transaction=True)
def test_messages_are_found_by_keywords_which_are_marked(api: ApiClient, conversation: Conversation) -> None:
    found = reply_to(conversation, content="Mitochondria make <ATP> all day.")
    MessageFactory(conversation=ConversationFactory(), content="Mitochondria of another user.")
    drain()
    body = api.post("/messages/search", {"query": "mitochondria", "mode": "keyword"}).body
    assert [item["message"]["id"] for item in body["items"]] == [str(found.pk)]
    assert body["items"][0]["conversation"]["id"] == str(conversation.pk)
    assert body["items"][0]["highlight"] == "<mark>Mitochondria</mark> make &lt;ATP&gt; all day."
    assert 0 < body["items"][0]["score"] <= 1


@pytest.mark.django_db(transaction=True)
def test_a_search_is_filtered(api: ApiClient, alice: User, conversation: Conversation) -> None:
    mine = MessageFactory(conversation=conversation, content="Mitochondria, I said.")
    theirs = MessageFactory(conversation=conversation, role=Role.ASSISTANT, content="Mitochondria, it said.")
    elsewhere = MessageFactory(conversation=ConversationFactory(owner=alice), content="Mitochondria elsewhere.")
    drain()

    def found(**filters: object) -> set[str]:
        items = api.post("/messages/search", {"query": "mitochondria", "mode": "keyword", **filters}).body["items"]
        return {item["message"]["id"] for item in items}

    assert found() == {str(row.pk) for row in (mine, theirs, elsewhere)}
    assert found(role="assistant") == {str(theirs.pk)}
    assert found(conversation_id=conversation.pk) == {str(mine.pk), str(theirs.pk)}
    assert found(after=theirs.created_at, before=elsewhere.created_at) == {str(theirs.pk)}
    assert found(conversation_id=uuid4()) == set()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_conversation_is_not_found(api: ApiClient, conversation: Conversation) -> None:
    MessageFactory(conversation=conversation, content="Mitochondria make ATP.")
    drain()
    api.delete(f"{CHATS}/{conversation.pk}")
    assert api.post("/messages/search", {"query": "mitochondria"}).body["items"] == []
    drain()
    assert api.post("/messages/search", {"query": "mitochondria"}).body["items"] == []


def test_without_an_index_keywords_are_found_and_a_notice_says_so(api: ApiClient, conversation: Conversation) -> None:
    found = MessageFactory(conversation=conversation, content="Mitochondria make ATP.")
    body = api.post("/messages/search", {"query": "ATP mitochondria"}).body
    assert [item["message"]["id"] for item in body["items"]] == [str(found.pk)]
    assert body["notice"]


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "x", "mode": "magic"}, {"query": "x", "limit": 0}])
def test_an_invalid_search_is_refused(api: ApiClient, body: dict[str, object]) -> None:
    assert api.post("/messages/search", body).status == 422


def test_a_token_that_may_only_read_may_search(alice: User, api_with: Callable[[str], ApiClient]) -> None:
    ApiTokenFactory(owner=alice, token="ml_reader", scopes=[Scope.READ])
    assert api_with("ml_reader").post("/messages/search", {"query": "x"}).status == 200
    assert api_with("ml_reader").post(CHATS, {}).status == 403


@pytest.mark.django_db(transaction=True)
def test_related_conversations_are_about_the_same_subject(
    api: ApiClient, alice: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, content="How do mitochondria make energy in cells?")
    near = ConversationFactory(owner=alice)
    MessageFactory(conversation=near, content="How do mitochondria make energy for the cells?")
    MessageFactory(conversation=ConversationFactory(owner=alice), content="Recipe for pancakes with syrup")
    MessageFactory(conversation=ConversationFactory(), content="How do mitochondria make energy in cells?")
    drain()
    items = api.get(f"{CHATS}/{conversation.pk}/related", limit=5).body["items"]
    assert [item["conversation"]["id"] for item in items] == [str(near.pk)]
    assert items[0]["score"] > 0.5


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("get", "/conversations/{c}"),
        ("patch", "/conversations/{c}"),
        ("delete", "/conversations/{c}"),
        ("get", "/conversations/{c}/messages"),
        ("post", "/conversations/{c}/messages"),
        ("get", "/conversations/{c}/related"),
        ("get", "/messages/{m}"),
        ("get", "/messages/{m}/stream"),
        ("post", "/messages/{m}/stop"),
        ("post", "/messages/{m}/regenerate"),
        ("post", "/messages/{m}/continue"),
    ],
)
def test_a_stranger_gets_404(
    mallory: User, api_of: Callable[[User], ApiClient], conversation: Conversation, verb: str, path: str
) -> None:
    reply = reply_to(conversation, content="Mine", status=MessageStatus.FAILED)
    address = "/chat" + path.format(c=conversation.pk, m=reply.pk)
    arguments = [{"content": "x"}] if verb in ("post", "patch") else []
    refused = getattr(api_of(mallory), verb)(address, *arguments)
    assert refused.status == 404
    assert "Mine" not in str(refused.body)
    reply.refresh_from_db()
    assert (reply.status, conversation.messages.count()) == (MessageStatus.FAILED, 2)


def test_a_failed_reply_is_shown_with_its_error_and_citations(api: ApiClient, conversation: Conversation) -> None:
    citation = {
        "number": 1,
        "message_id": str(uuid4()),
        "conversation_id": str(conversation.pk),
        "title": "Cells",
        "excerpt": "ATP",
    }
    error = {"code": "x", "detail": "y"}
    message = reply_to(conversation, citations=[citation], error=error, status=MessageStatus.FAILED)
    shown = api.get(f"/chat/messages/{message.pk}").body
    assert set(shown) == set(MessageOut.model_fields)
    assert (shown["citations"], shown["error"], shown["status"]) == ([citation], error, "failed")
    assert api.get(f"{CHATS}/{conversation.pk}/messages").body["items"][1] == shown


@pytest.mark.django_db(transaction=True)
def test_a_joint_search_answers_messages_and_cards_with_their_messages(
    api: ApiClient, alice: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation, content="Mitochondria make <ATP>.")
    card = CardFactory(owner=alice, message=message, question="What makes ATP?", answer="Mitochondria")
    CardFactory(question="Mitochondria of another user?")
    drain()
    body = api.post("/search", {"query": "mitochondria"}).body
    found = {result["kind"]: result for result in body["items"]}
    assert (len(body["items"]), body["counts"]) == (2, {"message": 1, "card": 1, "goal": 0, "memory": 0})
    assert found["message"]["item"]["id"] == str(message.pk)
    assert found["message"]["item"]["conversation"]["id"] == str(conversation.pk)
    assert found["message"]["highlight"] == "<mark>Mitochondria</mark> make &lt;ATP&gt;."
    assert (found["card"]["item"]["id"], found["card"]["item"]["front"]) == (str(card.pk), "What makes ATP?")
    assert found["card"]["item"]["message"]["id"] == str(message.pk)
    assert found["card"]["item"]["message"]["has_flashcards"] is True
    assert 0 < found["card"]["score"] <= 1


@pytest.mark.django_db(transaction=True)
def test_a_joint_search_takes_kinds_and_the_filters_of_messages(
    api: ApiClient, alice: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation, content="Mitochondria make ATP.")
    card = CardFactory(owner=alice, question="What are mitochondria?", message=message)
    alone = CardFactory(owner=alice, question="Where are mitochondria?")
    drain()

    def found(**options: object) -> set[str]:
        items = api.post("/search", {"query": "mitochondria", "mode": "keyword", **options}).body["items"]
        return {result["item"]["id"] for result in items}

    assert found(kinds=["card"]) == {str(card.pk), str(alone.pk)}
    assert found(conversation_id=conversation.pk) == {str(message.pk), str(card.pk)}
    assert found(role="user") == {str(message.pk)}
    assert found(has_cards=False) == set()
    assert found(before=message.created_at) == set()
    api.delete(f"{CHATS}/{conversation.pk}")
    [joined] = api.post("/search", {"query": "what are mitochondria", "kinds": ["card"], "limit": 1}).body["items"]
    assert (joined["item"]["message_id"], joined["item"]["message"]) == (str(message.pk), None)


@pytest.mark.parametrize("kinds", [["tree"], ["letter", "card"], [""]])
def test_an_unknown_kind_is_refused(api: ApiClient, kinds: list[str]) -> None:
    refused = api.post("/search", {"query": "x", "kinds": kinds})
    assert refused.status == 422
    assert refused.body["errors"]["kinds"] == [
        f"There is no kind “{kinds[0]}”. The kinds are message, card, goal, memory."
    ]
