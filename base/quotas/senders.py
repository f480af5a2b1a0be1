"""Which user sends a request, as far as that is known before the request is authenticated.

A request is counted by its token and its session cookie, and by their user once they have been accepted: from then on
all sessions and tokens of a user are counted together. All of this is in RAM, so it holds for one web process.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, parse_cookie

MAX_REMEMBERED = 10_000  # credentials; the oldest are forgotten

Header = Literal["authorization", "cookie"]

_owners: dict[str, str] = {}


def senders_of(headers: Iterable[tuple[bytes, bytes]]) -> set[str]:
    """A name for each credential, or for its user. All of them count, so adding a made-up credential hides nothing."""
    names = (_credential(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    return {_owners.get(name, name) for name in names if name}


def remember_owner(request: HttpRequest, header: Header, user_id: object) -> None:
    """Count what this header authenticates with as the user's from now on. Call it when it has been accepted."""
    name = _credential(header, request.headers.get(header, ""))
    if name and name not in _owners:
        while len(_owners) >= MAX_REMEMBERED:
            _owners.pop(next(iter(_owners)), None)
        _owners[name] = f"user {user_id}"


def _credential(header: str, value: str) -> str:
    """A digest of the token or the session key, read as authentication reads it; empty for any other header."""
    secret = ""
    if header == "authorization":
        secret = value.partition(" ")[2].strip()
    elif header == "cookie":
        secret = parse_cookie(value).get(settings.SESSION_COOKIE_NAME, "")
    return sha256(f"{header} {secret}".encode()).hexdigest() if secret else ""
