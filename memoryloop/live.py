"""Connections to Valkey: the bus of live replies, nudges and rate limits. Nothing is kept only here."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings


@cache
def valkey() -> "redis.Redis":
    """The process's client for short commands; `redis.RedisError` when Valkey is down."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=2, socket_connect_timeout=1)


def reader() -> "redis.asyncio.Redis":
    """A client of one's own for blocking reads; close it, never share it.

    A connection that went back to a pool after a cancelled read once handed one person another's
    reply (CVE-2023-28858).
    """
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=None, single_connection_client=True
    )
