"""One connection pool to Claude for the whole process; a new one would cost a TLS context for each reply."""

from functools import cache

import httpx2


@cache
def connections() -> httpx2.Client:
    """Follows no redirects, so that the key is sent only to the address that the operator has set."""
    return httpx2.Client(
        follow_redirects=False, limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    )
