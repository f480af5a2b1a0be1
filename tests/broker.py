"""What is in Valkey for the workers."""

import json

from base.connections import valkey_client


def sent_tasks(queue: str = "celery") -> list[str]:
    """The names of the tasks in the queue, by default those in the default queue."""
    return [json.loads(task)["headers"]["task"] for task in valkey_client().lrange(queue, 0, -1)]
