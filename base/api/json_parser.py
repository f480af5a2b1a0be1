"""Parsing of the API's bodies and query strings. Strings and numbers that PostgreSQL cannot store are rejected."""

import json
import re
from math import isfinite
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from base.errors import MemoryLoopError, TooLarge
from base.text import storable

# Escapes of NUL and of surrogates. Only a body that has them needs its strings checked.
SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
MAX_EXACT = 2**53  # above it, a float stands for several integers


class WrongContentType(MemoryLoopError):
    status = 415
    code = "unsupported-media-type"
    message = _("Send the body as application/json.")


class InvalidJson(MemoryLoopError):
    code = "invalid-json"
    message = _("The body is not valid JSON in UTF-8, or it contains NUL or half a surrogate pair.")


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
    """Ninja's parser, without Python's additions to JSON: NaN, infinite numbers, lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongContentType
        # Django checks the Content-Length header only, and a chunked body has none.
        if len(request.body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            text = request.body.decode()
            body = json.loads(text, parse_constant=_reject_constant, parse_float=_finite_float)
            if SUSPECT.search(text):
                _check_strings(body)
        except (ValueError, RecursionError):
            raise InvalidJson from None
        return body

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for key, values in data.lists():
            if not all(_is_storable(text) for text in (key, *values) if isinstance(text, str)):
                raise InvalidParameter
        return super().parse_querydict(data, list_fields, request)


def _check_strings(body: Any) -> None:
    unchecked = [body]
    while unchecked:
        value = unchecked.pop()
        if isinstance(value, str) and not _is_storable(value):
            raise ValueError(value)
        if isinstance(value, dict):
            unchecked += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            unchecked += value


def _is_storable(text: str) -> bool:
    return storable(text) == text


def _reject_constant(constant: str) -> float:
    raise ValueError(constant)


def _finite_float(number: str) -> float:
    """The number, as an int if it is whole: for JSON Schema, 1.0 is an integer."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(number)
    return int(value) if value.is_integer() and abs(value) <= MAX_EXACT else value
