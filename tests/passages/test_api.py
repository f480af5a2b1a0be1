from collections.abc import Callable
from uuid import uuid4

import pytest

from accounts.models import User
from chat.models import Message
from tests.api import ApiClient
from tests.factories import MessageFactory, PassageFactory

pytestmark = pytest.mark.django_db
PASSAGES = "/passages"


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


@pytest.fixture
def message(alice: User) -> Message:
    return MessageFactory(conversation__owner=alice, conversation__title="Kidneys", content="Nephrons filter blood.")


def test_a_passage_is_remembered_once(api: ApiClient, message: Message) -> None:
    created = api.post(PASSAGES, {"message_id": str(message.pk), "text": "filter blood"})
    assert created.status == 201
    assert created.body["text"] == "filter blood"
    assert (created.body["message_id"], created.body["conversation_title"]) == (str(message.pk), "Kidneys")
    again = api.post(PASSAGES, {"message_id": str(message.pk), "text": "filter  blood"})
    assert (again.status, again.body) == (200, created.body)
    assert api.get(PASSAGES).body == {"items": [created.body], "next": None}


def test_the_list_has_the_newest_first_and_no_deleted_ones(api: ApiClient, alice: User) -> None:
    first, second = PassageFactory.create_batch(2, owner=alice)
    PassageFactory()
    assert [item["id"] for item in api.get(PASSAGES).body["items"]] == [str(second.pk), str(first.pk)]
    assert api.delete(f"{PASSAGES}/{second.pk}").status == 204
    assert api.delete(f"{PASSAGES}/{second.pk}").status == 404
    assert [item["id"] for item in api.get(PASSAGES).body["items"]] == [str(first.pk)]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [("filter water", 422, "not-in-message"), ("x" * 2001, 413, "passage-too-long")],
)
def test_a_text_that_cannot_be_remembered(api: ApiClient, message: Message, text: str, status: int, code: str) -> None:
    refused = api.post(PASSAGES, {"message_id": str(message.pk), "text": text})
    assert (refused.status, refused.body["type"]) == (status, code)


def test_a_message_of_another_user_is_not_found(api: ApiClient) -> None:
    for message_id in (MessageFactory().pk, uuid4()):
        assert api.post(PASSAGES, {"message_id": str(message_id), "text": ""}).status == 404
