"""The API's description, for programs and for people."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from memoryloop.api import api
from tests.api import ApiClient


@pytest.mark.django_db
def test_the_description_is_open_to_all() -> None:
    description = ApiClient(Client(), {}).get("/openapi.json").body
    assert description["info"]["title"] == "MemoryLoop"
    assert set(description["components"]["securitySchemes"]) == {"BearerToken", "SessionCookie"}


def test_the_page_lists_every_call_without_anybody_elses_script(
    alice: User, client_of: Callable[[User], Client]
) -> None:
    page = client_of(alice).get("/api/docs")
    assert page.status_code == 200
    for path in ApiClient(Client(), {}).get("/openapi.json").body["paths"]:
        assert path in page.text
    assert 'src="http' not in page.text


@pytest.mark.django_db
def test_the_page_opens_before_sign_in() -> None:
    assert Client().get("/api/docs").status_code == 200


def test_every_call_has_a_name_of_its_own() -> None:
    paths = api.get_openapi_schema()["paths"]
    names = [operation["operationId"] for verbs in paths.values() for operation in verbs.values()]
    assert len(names) == len(set(names))
