"""Schemas that the APIs of several apps share."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

_MAX_EXACT: Final = 2**53  # above it, a float stands for several integers


class ErrorOut(BaseModel):
    code: str
    detail: str


class Problem(BaseModel):
    """An error (RFC 9457). `type` is its code, `detail` a message for the user, `errors` are messages by field.

    `error_id` identifies an unexpected error in the log of the server.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] = {}
    error_id: str = ""


class RequestBody(BaseModel):
    """The base of all JSON bodies of requests. It accepts exactly the types that the OpenAPI document names.

    Without `strict`, pydantic takes "1", 1.0 and true for 1, and 0 for false; ninja's Schema takes a number or a list
    for an object without fields. For values that JSON writes as text, see `base.api.values`.
    """

    model_config = ConfigDict(strict=True)

    @model_validator(mode="before")
    @classmethod
    def _read_whole_numbers(cls, body: Any) -> Any:
        """For JSON Schema, 1.0 is an integer. In an object of any shape, such as a record, it stays as written."""
        return {name: _whole(value) for name, value in body.items()} if isinstance(body, dict) else body


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(item) for item in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_EXACT
    return int(value) if is_whole else value
