"""What is in Valkey for the workers, and a Valkey that is down."""

import json

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from base.connections import valkey_client


def sent_tasks(queue: str = "celery") -> list[str]:
    """The names of the tasks in the queue, by default those in the default queue."""
    return [json.loads(task)["headers"]["task"] for task in valkey_client().lrange(queue, 0, -1)]


def absent_valkey() -> redis.Redis:
    """A client whose server does not exist. It tries once, because the usual attempts take four seconds."""
    return redis.Redis(unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0))
