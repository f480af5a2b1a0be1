"""Requests generated from the OpenAPI document, and how to send them to a test client."""

import json
from hashlib import sha256
from typing import Any

import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.core.result import Ok
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override

from memoryloop.api import api

Operation = APIOperation[Any, Any, Any, Any]


NDJSON = "application/x-ndjson"


@schemathesis.serializer(NDJSON)
def ndjson(context: Any, value: Any) -> bytes:
    return str(value).encode(errors="surrogatepass")


DOCUMENT = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
# The API rejects NUL, which no schema can express. Generated credentials would make most requests a 401.
DOCUMENT.config.generation.update(allow_x00=False, with_security_parameters=False)
OPERATIONS: list[Operation] = [found.ok() for found in DOCUMENT.get_all_operations() if isinstance(found, Ok)]
PARTS = ("method", "url", "headers", "params", "json", "data", "cookies")


def share_of(operation: Operation, calls: int) -> int:
    """How many of `calls` requests are for this operation: many if it has many parameters and fields.

    One that has none, has hardly two requests that differ.
    """
    return max(4, calls * _size(operation) // sum(map(_size, OPERATIONS)))


def _size(operation: Operation) -> int:
    definition = DOCUMENT.raw_schema["paths"][operation.path][operation.method]
    shapes = [media["schema"] for media in definition.get("requestBody", {}).get("content", {}).values()]
    references = [option.get("$ref", "") for shape in shapes for option in (shape, *shape.get("anyOf", []))]
    schemas = DOCUMENT.raw_schema["components"]["schemas"]
    bodies = [schemas[reference.rpartition("/")[2]] for reference in references if reference]
    return 1 + len(definition["parameters"]) + sum(len(body["properties"]) for body in bodies)


def is_valid(case: Case[Any]) -> bool:
    """Whether the request fits the schemas of its operation."""
    return case.meta is None or case.meta.generation.mode.is_positive


def generated_cases(operation: Operation, *, count: int, seed_number: int) -> list[Case[Any]]:
    """About `count` requests, in an order that depends on the seed only.

    Up to half of them change one type or boundary at a time, which random requests rarely do: of 46 invalid requests
    that the API once accepted, 45 were such.
    """
    cases = _shuffled(_systematic_cases(operation), seed_number)[: count // 2]
    missing = count - len(cases)
    cases += _random_cases(operation, GenerationMode.NEGATIVE, missing // 2, seed_number)
    cases += _random_cases(operation, GenerationMode.POSITIVE, count - len(cases), seed_number)
    return _shuffled([case for case in cases if _can_be_sent(case)], seed_number)


def _can_be_sent(case: Case[Any]) -> bool:
    """A body of lines is a text, so nothing else can be such a body. An empty one has no Content-Type."""
    return case.media_type != NDJSON or (isinstance(case.body, str) and case.body != "")


def send(client: Client, case: Case[Any], headers: dict[str, str]) -> Response:
    """Send the request with the bytes that an HTTP library would send."""
    parts = case.as_transport_kwargs(base_url="http://testserver")
    prepared = requests.Request(**{name: parts[name] for name in PARTS if name in parts}).prepare()
    path, _, query = str(prepared.path_url).partition("?")
    sent_headers = {**prepared.headers, **headers, "Accept-Encoding": "identity"}
    response: Any = client.generic(
        str(prepared.method),
        path,
        prepared.body or b"",
        content_type=sent_headers.pop("Content-Type", ""),
        headers={name: value for name, value in sent_headers.items() if name != "Content-Length"},
        QUERY_STRING=query,
    )
    content = b"" if response.streaming else response.content
    received = {name: [value] for name, value in response.items()}
    return Response(response.status_code, received, content, prepared, elapsed=0, verify=True)


def _systematic_cases(operation: Operation) -> list[Case[Any]]:
    generator = CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=DOCUMENT.config.generation_for(operation=operation, phase="coverage"),
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
    )
    # Other methods are answered with 405, which the document describes once for all paths.
    return [case for case in generator if case.method.lower() == operation.method.lower()]


def _random_cases(operation: Operation, mode: GenerationMode, count: int, seed_number: int) -> list[Case[Any]]:
    cases: list[Case[Any]] = []

    @seed(seed_number)
    @settings(
        max_examples=max(1, count),
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Case[Any]) -> None:
        cases.append(case)

    try:
        collect()
    except Unsatisfiable:  # an operation without parameters has no invalid requests
        return []
    return cases


def _shuffled(cases: list[Case[Any]], seed_number: int) -> list[Case[Any]]:
    order = sorted(range(len(cases)), key=lambda number: sha256(f"{seed_number} {number}".encode()).digest())
    return [cases[number] for number in order]
