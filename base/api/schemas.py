"""Schemas that the APIs of several apps share."""

from pydantic import BaseModel, ConfigDict


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
