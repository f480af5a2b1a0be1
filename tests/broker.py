"""What is in Valkey for the workers."""

import json

from base.connections import valkey_client


def sent_tasks() -> list[str]:
    """The names of the tasks in the default queue."""
    return [json.loads(task)["headers"]["task"] for task in valkey_client().lrange("celery", 0, -1)]
