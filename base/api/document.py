"""The OpenAPI document of the API, with every error that an operation can respond with.

Most errors follow from the operation itself: authentication, variables in the path, parameters, a body. An endpoint
declares the others with `raises`. Tests hold each response of the API to this document.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from base.api.json_parser import InvalidJson, InvalidParameter, WrongContentType
from base.api.problems import CONTENT_TYPE, InvalidRequest, problem_type
from base.api.schemas import Problem
from base.errors import MemoryLoopError, NotFound, TooLarge, TooMany, Unavailable

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
ErrorType = type[MemoryLoopError]

_declared: dict[Callable[..., Any], tuple[ErrorType, ...]] = {}
_IMPLIED: dict[str, tuple[ErrorType, ...]] = {
    "path": (NotFound,),
    "query": (InvalidParameter, InvalidRequest),
    "body": (InvalidJson, InvalidRequest, TooLarge, WrongContentType),
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait before another try.", "schema": {"type": "integer"}}}


def raises(*errors: ErrorType) -> Callable[[Endpoint], Endpoint]:
    """Declare the domain errors of an endpoint that its signature and authentication do not imply."""

    def declare(endpoint: Endpoint) -> Endpoint:
        _declared[endpoint] = errors
        return endpoint

    return declare


class DocumentedApi(NinjaAPI):
    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        return _Document(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


class _Document(OpenAPISchema):
    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        responses: dict[int, dict[str, Any]] = super().responses(operation)
        by_status: dict[int, list[ErrorType]] = {}
        for error in _errors_of(operation):
            by_status.setdefault(error.status, []).append(error)
            if error.extension:
                schema = error.extension.model_json_schema(ref_template=REF_TEMPLATE, mode="serialization")
                self.schemas.update({**schema.pop("$defs", {}), error.extension.__name__: schema})
        # A status that the endpoint describes itself, such as the 503 of the health checks, is no problem+json.
        errors = {status: _response(errors) for status, errors in by_status.items() if status not in responses}
        return dict(sorted((responses | errors).items()))

    def get_components(self) -> dict[str, Any]:
        self.schemas["Problem"] = Problem.model_json_schema(ref_template=REF_TEMPLATE)
        return super().get_components()


def _errors_of(operation: Operation) -> Iterator[ErrorType]:
    declared = _declared.get(operation.view_func, ())
    yield from declared
    for authenticator in operation.auth_callbacks:
        yield from getattr(authenticator, "errors_for", lambda methods: ())(operation.methods)
    for model in operation.models:
        yield from _IMPLIED[str(model.__ninja_param_source__)]
    if declared or operation.auth_callbacks:  # `GET /health/live` does not need the database
        yield Unavailable


def _response(errors: Sequence[ErrorType]) -> dict[str, Any]:
    """The description of one status. The schema lists the codes that programs may find in `type`."""
    messages = {problem_type(error): str(error.message) for error in errors}
    codes = sorted(messages)
    parts = [_reference("Problem"), {"type": "object", "properties": {"type": {"enum": codes}}}]
    # An error without these members comes with the same status.
    parts += [{"anyOf": [_reference(error.extension.__name__), {}]} for error in errors if error.extension]
    response: dict[str, Any] = {
        "description": "\n\n".join(f"`{code}`: {messages[code]}" for code in codes),
        "content": {CONTENT_TYPE: {"schema": {"allOf": parts}}},
    }
    if any(issubclass(error, TooMany | Unavailable) for error in errors):
        response["headers"] = _RETRY_AFTER
    return response


def _reference(schema: str) -> dict[str, Any]:
    return {"$ref": REF_TEMPLATE.format(model=schema)}
