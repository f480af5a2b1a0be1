"""Newline-delimited JSON (NDJSON): a value a line, so that neither side has to hold all of it."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from base.api.json_parser import WrongContentType

CONTENT_TYPE = "application/x-ndjson"
_ACCEPTED = (CONTENT_TYPE, "application/ndjson", "application/jsonl")
RESPONSE: Final[dict[str, Any]] = {
    "responses": {200: {"content": {CONTENT_TYPE: {"schema": {"type": "string"}}}, "description": "A line each."}}
}
CHUNK = 64 * 1024  # bytes
# For the `openapi_extra` of an operation.
REQUEST: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {CONTENT_TYPE: {"schema": {"type": "string"}}}}
}


def body_of(request: HttpRequest) -> Iterator[bytes]:
    """The body in pieces. The server keeps a large one on disk. Raises WrongContentType, for a compressed body too.

    A body of 32 KB can be compressed 32 MB, which would have to be unpacked before its size is known.
    """
    if request.content_type not in _ACCEPTED:
        raise WrongContentType(_("Send the lines as application/x-ndjson."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongContentType(_("Send the lines without compression."))
    return iter(lambda: request.read(CHUNK), b"")
