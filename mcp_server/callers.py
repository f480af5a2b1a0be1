"""Who calls: the token with which a program has connected.

It is a context variable, which follows asyncio's tasks and `sync_to_async`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from accounts.errors import NotSignedIn, ScopeMissing
from accounts.models import ApiToken, Scope
from accounts.sign_in.api_authentication import record_use, token_of
from base.postgresql.acting import acting_for
from base.quotas.rates import RateLimit
from mcp_server.errors import TooManyCalls

SCOPES = (Scope.READ, Scope.WRITE)
RATE = RateLimit(TooManyCalls)

FindToken = Callable[[], ApiToken]

_find_token: ContextVar[FindToken | None] = ContextVar("find_token", default=None)


def admit(header: str) -> ApiToken:
    """The token in this Authorization header, which counts as used. Raises NotSignedIn, ScopeMissing, TooManyCalls."""
    token = token_of(header)
    if not set(SCOPES) & set(token.scopes):
        raise ScopeMissing
    RATE.count(token.pk, limit=settings.MCP_REQUESTS_PER_MINUTE)
    with acting_for(token.owner_id):
        record_use(token)
    return token


@contextmanager
def calling_with(find_token: FindToken) -> Iterator[None]:
    """`find_token` is asked in each call. It may raise a domain error, such as NotSignedIn once it is revoked."""
    reset = _find_token.set(find_token)
    try:
        yield
    finally:
        _find_token.reset(reset)


def current_token() -> ApiToken:
    """Raises NotSignedIn."""
    find_token = _find_token.get()
    if find_token is None:
        raise NotSignedIn
    return find_token()
