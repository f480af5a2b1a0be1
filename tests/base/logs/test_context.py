"""The ids of log lines follow a request, and cost no query."""

from collections.abc import Callable

from django.http import HttpRequest
from django.test import Client
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from base.logs import context


def test_ids_that_are_bound_for_a_block_end_with_it() -> None:
    context.begin(request_id="1")
    with context.bound(run_id="2"):
        assert context.current() == {"request_id": "1", "run_id": "2"}
    assert context.current() == {"request_id": "1"}


def test_a_new_request_has_none_of_the_ids_of_the_last_one() -> None:
    context.begin(request_id="1")
    context.bind(user_id="2")
    context.begin(request_id="3")
    assert context.current() == {"request_id": "3"}


def test_a_lazy_user_is_not_loaded_for_a_log_line(alice: User) -> None:
    def load() -> User:
        raise AssertionError

    request = HttpRequest()
    assert context.known_user_id(request) == ""
    vars(request)["user"] = SimpleLazyObject(load)
    assert context.known_user_id(request) == ""
    request.user = alice
    assert context.known_user_id(request) == str(alice.pk)


def test_a_view_binds_its_route_and_the_ids_in_its_path(alice: User, client_of: Callable[[User], Client]) -> None:
    context.begin()
    client_of(alice).get("/chat/01a1ff3a-9f34-72f0-9225-e448972a5c08/")
    assert context.current()["route"] == "chat:conversation-detail"
    assert context.current()["user_id"] == str(alice.pk)
    assert context.current()["conversation_id"] == "01a1ff3a-9f34-72f0-9225-e448972a5c08"


def test_the_route_of_the_api_is_its_path_in_the_openapi_document(client: Client) -> None:
    context.begin()
    client.get("/api/chat/messages/01a1ff3a-9f34-72f0-9225-e448972a5c08")
    assert context.current()["route"] == "/api/chat/messages/{message_id}"
