"""UUIDs in URLs are matched in upper and lower case."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from tests.api import ApiClient
from tests.factories import ConversationFactory


@pytest.mark.django_db
def test_an_upper_case_uuid_in_a_path_is_found_by_pages_and_by_the_api(
    alice: User, client_of: Callable[[User], Client], api_of: Callable[[User], ApiClient]
) -> None:
    conversation = ConversationFactory(owner=alice)
    upper = str(conversation.pk).upper()
    address = reverse("chat:conversation-detail", args=[conversation.pk])
    assert client_of(alice).get(address.replace(str(conversation.pk), upper)).status_code == 200
    response = api_of(alice).get(f"/chat/conversations/{upper}")
    assert (response.status, response.body["id"]) == (200, str(conversation.pk))


def test_a_url_is_made_with_the_lower_case_form() -> None:
    match = resolve("/chat/01A1FEA7-713E-73F1-99E6-4D21B4049720/")
    assert reverse(match.view_name, kwargs=match.kwargs) == "/chat/01a1fea7-713e-73f1-99e6-4d21b4049720/"
