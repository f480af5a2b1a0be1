"""The connections to Claude, one pool for the process: a fresh one costs a TLS context before each first token."""

from functools import cache

import httpx2


@cache
def connections() -> httpx2.Client:
    """Without redirects, so the key goes nowhere but to the operator's address."""
    return httpx2.Client(
        follow_redirects=False, limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    )
