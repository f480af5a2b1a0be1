"""Reading JSON bodies and queries: what PostgreSQL could not keep or UTF-8 could not write is refused here, once."""

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

# Escapes that may hide a NUL or half of a surrogate pair; a body without them needs no second look.
SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LARGEST_INTEGER = 2**63 - 1


class WrongContentType(MemoryLoopError):
    status = 415
    code = "unsupported-media-type"
    message = _("Send the body as application/json.")


class Unreadable(MemoryLoopError):
    code = "unreadable"
    message = _("The body is not valid JSON in UTF-8.")


class StrictParser(Parser):
    """Ninja's parser, without what Python's JSON adds to the standard: NaN, endless numbers, broken text."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongContentType
        # Django looks at the announced length only, and a chunked body announces none.
        if len(request.body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            text = request.body.decode()
            body = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_integer)
            if SUSPECT.search(text):
                _check_texts(body)
        except (ValueError, RecursionError):
            raise Unreadable from None
        return body

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for key, values in data.lists():
            for text in (key, *values):
                if isinstance(text, str):
                    _check_query(text)
        return super().parse_querydict(data, list_fields, request)


def _check_query(text: str) -> None:
    try:
        _check_text(text)
    except ValueError:
        raise Unreadable(_("A parameter holds characters that can't be kept.")) from None


def _check_texts(body: Any) -> None:
    rest = [body]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict):
            rest += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            rest += value


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("NUL")
    text.encode()  # half a surrogate pair is a UnicodeEncodeError, which is a ValueError


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(number)
    return value


def _integer(number: str) -> int:
    value = int(number)
    if abs(value) > LARGEST_INTEGER:
        raise ValueError(number)
    return value
