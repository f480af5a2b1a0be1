"""Connections to PostgreSQL and Valkey, and how long each is held."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from django.db import connection
from psycopg_pool.base import AttemptWithBackoff

RECONNECT_EVERY = 0.5  # seconds


def release_connection() -> None:
    """Return this thread's PostgreSQL connection to the pool. Does nothing inside a transaction.

    Call it before slow work (a model's answer, an open stream), because the pool has fewer connections than there are
    threads. Django's `close_old_connections` would break an open transaction.
    """
    if not connection.in_atomic_block:
        connection.close()


def reconnect_steadily() -> None:
    """Let the pool try a lost connection again every RECONNECT_EVERY seconds. Call it once in each process.

    The pool's own delays of 1, 2, 4, 8 s and more cannot be configured. They grow with an outage, and when PostgreSQL
    answered again after 2.5 s, writes still waited for the attempt after 6.7 s.
    """
    AttemptWithBackoff.INITIAL_DELAY = RECONNECT_EVERY
    AttemptWithBackoff.DELAY_BACKOFF = 1.0


@cache
def valkey_client() -> "redis.Redis":
    """The process's client for short commands. They raise `redis.RedisError` while Valkey is down."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=2, socket_connect_timeout=1)


def blocking_valkey_client() -> "redis.asyncio.Redis":
    """A new client for blocking reads. Close it after use, and never share it.

    A connection that returned to a pool after a canceled read once gave one user another user's reply
    (CVE-2023-28858).
    """
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=None, single_connection_client=True
    )
