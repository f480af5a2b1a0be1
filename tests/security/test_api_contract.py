"""Generated requests hold the API to its OpenAPI document.

No response has a status, media type, header, code or shape that the document lacks. No request that violates a schema
is accepted. None that fits is rejected, except with the code of a domain error. `make contract` sends 20,000 requests;
the environment variables CONTRACT_CALLS and CONTRACT_SEED choose another number and other requests.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from accounts.models import Scope, User
from base.api.json_parser import InvalidJson, InvalidParameter, WrongContentType
from base.api.problems import InvalidRequest
from tests.factories import ApiTokenFactory
from tests.security.generated_requests import OPERATIONS, Operation, generated_cases, is_valid, send, share_of

CALLS = int(os.environ.get("CONTRACT_CALLS", "400"))
SEED = int(os.environ.get("CONTRACT_SEED", "1"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
SCHEMA_ERRORS = {error.code for error in (InvalidRequest, InvalidJson, InvalidParameter, WrongContentType)}
EVERYTHING = "everything"
TOKENS = {EVERYTHING: list(Scope.values), **{scope.value: [scope.value] for scope in Scope}}
ANONYMOUS = "anonymous"
# Who sends the requests, in turn. The token with all scopes reaches most of the code.
SENDERS = (EVERYTHING, Scope.READ, EVERYTHING, Scope.WRITE, EVERYTHING, Scope.ACCOUNT, EVERYTHING, ANONYMOUS)


@pytest.fixture(autouse=True)
def tokens(alice: User) -> None:
    for name, scopes in TOKENS.items():
        ApiTokenFactory(owner=alice, token=f"ml_{name}", scopes=scopes)


@pytest.fixture(scope="module")
def figures(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """Counts of the requests, which a long run prints at its end."""
    counts: Counter[str] = Counter()
    yield counts
    if "CONTRACT_CALLS" in os.environ:
        plugins: Any = request.config.pluginmanager
        with plugins.get_plugin("capturemanager").global_and_fixture_disabled():
            for name, count in sorted(counts.items()):
                plugins.get_plugin("terminalreporter").write_line(f"{count:7,} {name}")


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_requests_and_responses_fit_the_openapi_document(
    operation: Operation, ids: dict[str, str], figures: Counter[str]
) -> None:
    client = Client(raise_request_exception=False)
    cases = generated_cases(operation, count=share_of(operation, CALLS), seed_number=SEED)
    for number, (case, sender) in enumerate(zip(cases, cycle(SENDERS), strict=False)):
        put_into_path(case, ids)
        if is_valid(case) and number % 4 == 0:
            put_into_body(case, ids)
        before = transaction.savepoint()
        response = send(client, case, headers_of(sender))
        transaction.savepoint_rollback(before)
        validity = "valid" if is_valid(case) else "invalid"
        figures.update(["calls", f"{validity}: {response.status_code}", f"sent by {sender}"])
        case.validate_response(response, checks=CHECKS)
        if is_valid(case):
            assert_not_rejected_by_schema(response)


def put_into_path(case: Case[Any], ids: dict[str, str]) -> None:
    if case.meta is None or not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}


def put_into_body(case: Case[Any], ids: dict[str, str]) -> None:
    """Put the keys of rows into the fields that the body has. A valid body stays valid."""
    if isinstance(case.body, dict):
        known = {name: ids[name] for name, value in case.body.items() if name in ids and value}
        drafts: dict[str, Any] = {"accept": [ids["draft_id"]]} if "discard" in case.body else {}
        case.body = {**case.body, **known, **drafts}


def headers_of(sender: str) -> dict[str, str]:
    return {} if sender == ANONYMOUS else {"Authorization": f"Bearer ml_{sender}"}


def assert_not_rejected_by_schema(response: Response) -> None:
    """A request that fits its schema is accepted, or rejected with the code of a domain error."""
    if response.status_code < 400 or response.status_code == 404:  # a 404 has no code
        return
    request = f"{response.request.method} {response.request.url} {response.request.body!r}"
    assert response.json()["type"] not in SCHEMA_ERRORS, f"{request}: {response.text}"
