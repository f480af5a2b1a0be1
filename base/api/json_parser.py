"""Parsing of the API's bodies and query strings. Strings and numbers that PostgreSQL cannot store are rejected."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from base.api.strict_json import NotStrictJson, parse_json
from base.errors import MemoryLoopError, TooLarge
from base.text import storable

FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")


class WrongContentType(MemoryLoopError):
    status = 415
    code = "unsupported-media-type"
    message = _("Send the body as application/json, or as another type that the documentation of the API names.")


class InvalidJson(MemoryLoopError):
    code = "invalid-json"
    message = _("The body is not valid JSON in UTF-8.")


class InvalidParameter(MemoryLoopError):
    code = "invalid-parameter"
    message = _("A parameter has characters that can't be stored.")


def refuse_form(request: HttpRequest) -> None:
    """Raise WrongContentType for the body of an HTML form. Call it before the check of the CSRF token.

    That check parses a form, which may be malformed in many ways.
    """
    has_body = "Transfer-Encoding" in request.headers or request.headers.get("Content-Length", "0") != "0"
    if has_body and request.content_type in FORM_TYPES:
        raise WrongContentType


class StrictParser(Parser):
    """Ninja's parser, with the JSON of `strict_json` and without characters that can't be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongContentType
        # Django checks the Content-Length header only, and a chunked body has none.
        if len(request.body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return parse_json(request.body)
        except NotStrictJson as error:
            raise InvalidJson(error.with_place()) from None

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for key, values in data.lists():
            if not all(_is_storable(text) for text in (key, *values) if isinstance(text, str)):
                raise InvalidParameter
        return super().parse_querydict(data, list_fields, request)


def _is_storable(text: str) -> bool:
    return storable(text) == text
