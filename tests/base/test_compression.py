import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.models import Role
from tests.factories import CardFactory, MessageFactory

GZIP = {"accept-encoding": "gzip"}


@pytest.fixture
def signed_in(alice: User) -> Client:
    client = Client(headers=GZIP)
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_of_cards_is_sent_compressed(signed_in: Client, alice: User) -> None:
    CardFactory.create_batch(50, owner=alice)
    response = signed_in.get("/cards/")
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    page = gzip.decompress(response.content)
    assert b"</html>" in page
    assert len(response.content) < len(page) / 5


def test_the_json_api_is_sent_compressed(signed_in: Client, alice: User) -> None:
    CardFactory.create_batch(3, owner=alice)
    response = signed_in.get("/api/flashcards")
    assert response["Content-Encoding"] == "gzip"
    assert b'"items"' in gzip.decompress(response.content)


def test_the_events_of_an_answer_are_not_compressed(signed_in: Client, alice: User) -> None:
    reply = MessageFactory(conversation__owner=alice, role=Role.ASSISTANT, content="An answer. " * 100)
    for address in (reverse("chat:message-stream", args=[reply.pk]), f"/api/chat/messages/{reply.pk}/stream"):
        response = signed_in.get(address)
        assert response["Content-Type"] == "text/event-stream", address
        assert "Content-Encoding" not in response, address


def test_a_client_that_does_not_accept_gzip_gets_an_uncompressed_page(alice: User) -> None:
    response = Client().get("/accounts/login/")
    assert "Content-Encoding" not in response
    assert b"</html>" in response.content


def test_the_csrf_token_and_the_length_differ_each_time(signed_in: Client) -> None:
    """Otherwise the length of compressed pages would reveal the token, one character at a time (BREACH)."""
    pages = [signed_in.get("/cards/new/") for _ in range(8)]
    tokens = [
        re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', gzip.decompress(page.content).decode())
        for page in pages
    ]
    assert all(tokens)
    assert len({token for page in tokens for token in page}) >= len(pages)
    assert len({len(page.content) for page in pages}) > 1
