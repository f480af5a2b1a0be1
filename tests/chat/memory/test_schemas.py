"""The endpoints for what replies were given, and for what is forgotten or left out."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from accounts.models import User
from chat.models import Conversation, LeftOutPiece, Message, MessageStatus
from tests.api import ApiClient
from tests.factories import ConversationFactory, LeftOutPieceFactory, reply_pieces, reply_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


@pytest.fixture
def reply(conversation: Conversation) -> Message:
    context = reply_pieces(conversation.owner, "Bread needs salt.", "Bread needs yeast.")
    return reply_to(conversation, content="Salt [1].", context=context)


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


def test_the_context_of_an_answer_is_listed(api: ApiClient, reply: Message) -> None:
    [first, second] = api.get(f"/chat/messages/{reply.pk}/context").body["items"]
    assert first == {
        "number": 1,
        "kind": "message",
        "id": reply.context[0]["id"],
        "conversation_id": reply.context[0]["conversation_id"],
        "title": reply.context[0]["title"],
        "excerpt": "Bread needs salt.",
        "reason": "Close in meaning",
        "cited": True,
        "forgotten": False,
        "left_out_id": None,
    }
    assert (second["number"], second["cited"]) == (2, False)


def test_a_failed_answer_has_no_context(api: ApiClient, reply: Message) -> None:
    Message.objects.filter(pk=reply.pk).update(status=MessageStatus.FAILED)
    assert api.get(f"/chat/messages/{reply.pk}/context").body == {"items": []}


def test_an_answer_from_before_contexts_has_its_citations(api: ApiClient, conversation: Conversation) -> None:
    [piece] = reply_pieces(conversation.owner, "Bread needs salt.")
    names = ("number", "conversation_id", "title", "excerpt")
    citation = {"message_id": piece["id"], **{name: piece[name] for name in names}}
    reply = reply_to(conversation, citations=[citation])
    [item] = api.get(f"/chat/messages/{reply.pk}/context").body["items"]
    assert (item["id"], item["cited"], item["reason"]) == (piece["id"], True, "")


def test_a_message_is_forgotten_and_remembered(api: ApiClient, reply: Message) -> None:
    address = f"/chat/messages/{reply.context[0]['id']}"
    assert api.patch(address, {"forgotten": True}).body["forgotten"]
    [first, second] = api.get(f"/chat/messages/{reply.pk}/context").body["items"]
    assert (first["forgotten"], first["excerpt"], second["forgotten"]) == (True, "", False)
    assert api.get(address).body["forgotten"]
    assert not api.patch(address, {"forgotten": False}).body["forgotten"]


@pytest.mark.parametrize("body", [{}, {"forgotten": None}, {"forgotten": "perhaps"}, {"content": "x"}])
def test_an_invalid_change_is_rejected(api: ApiClient, reply: Message, body: dict[str, object]) -> None:
    assert api.patch(f"/chat/messages/{reply.pk}", body).status == 422
    assert not Message.objects.exclude(forgotten_at=None).exists()


def test_a_piece_is_left_out_and_used_again(api: ApiClient, reply: Message) -> None:
    created = api.post(f"/chat/messages/{reply.pk}/context/left-out", {"number": 2})
    assert (created.status, created.body["piece_id"]) == (201, reply.context[1]["id"])
    assert api.get(f"/chat/conversations/{reply.conversation_id}/left-out").body == {"items": [created.body]}
    items = api.get(f"/chat/messages/{reply.pk}/context").body["items"]
    assert [item["left_out_id"] for item in items] == [None, created.body["id"]]
    assert api.delete(f"/chat/left-out/{created.body['id']}").status == 204
    assert api.get(f"/chat/conversations/{reply.conversation_id}/left-out").body == {"items": []}


@pytest.mark.parametrize(("number", "status"), [(3, 404), (0, 422), (-1, 422), ("x", 422), (None, 422)])
def test_a_piece_that_does_not_exist_cannot_be_left_out(
    api: ApiClient, reply: Message, number: object, status: int
) -> None:
    assert api.post(f"/chat/messages/{reply.pk}/context/left-out", {"number": number}).status == status
    assert not LeftOutPiece.objects.exists()


def test_what_is_left_out_of_a_deleted_chat_cannot_be_changed(api: ApiClient, conversation: Conversation) -> None:
    left_out = LeftOutPieceFactory(conversation=conversation)
    api.delete(f"/chat/conversations/{conversation.pk}")
    assert api.delete(f"/chat/left-out/{left_out.pk}").status == 404
    assert api.delete(f"/chat/left-out/{uuid4()}").status == 404
    assert LeftOutPiece.objects.count() == 1
