"""The OpenAPI document and the documentation page made from it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from memoryloop.api import api
from tests.api import ApiClient


@pytest.mark.django_db
def test_the_openapi_document_is_public() -> None:
    document = ApiClient(Client(), {}).get("/openapi.json").body
    assert document["info"]["title"] == "MemoryLoop"
    assert set(document["components"]["securitySchemes"]) == {"BearerToken", "SessionCookie"}


def test_the_page_lists_every_operation_without_scripts_of_other_sites(
    alice: User, client_of: Callable[[User], Client]
) -> None:
    page = client_of(alice).get("/api/docs")
    assert page.status_code == 200
    for path, operations in ApiClient(Client(), {}).get("/openapi.json").body["paths"].items():
        for method in operations:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    assert 'src="http' not in page.text


@pytest.mark.django_db
def test_the_page_is_public() -> None:
    assert Client().get("/api/docs").status_code == 200


def test_operation_ids_are_unique() -> None:
    paths = api.get_openapi_schema()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(names) == len(set(names))
