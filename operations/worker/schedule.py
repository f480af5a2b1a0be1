"""The periodic tasks. Every worker sends them; a mark in Valkey lets only one of them send a task that is due."""

import time
from collections.abc import Mapping

from celery import current_app

from base.connections import valkey_client

STAGGER = 1.0  # seconds between two tasks that are due equally often, so that they do not all run at once
# The mark expires a little before the next task is due, so that no worker misses its own turn by milliseconds.
MARKED_FOR = 0.9  # of the interval


class Schedule:
    """When one worker next tries to send each task, in seconds of the monotonic clock. At first, all are due soon."""

    def __init__(self, tasks: Mapping[str, float]) -> None:
        """`tasks` maps the name of each task to the seconds between two of them."""
        self._every = tasks
        now = time.monotonic()
        often_first = sorted(tasks, key=tasks.__getitem__)
        self._due = {task: now + number * STAGGER for number, task in enumerate(often_first)}

    def send_due_tasks(self) -> None:
        """Send each task that is due, unless another worker has sent it.

        Raises redis.RedisError and kombu's OperationalError while Valkey is down; the task is then still due.
        """
        now = time.monotonic()
        for task in [task for task, due in self._due.items() if due <= now]:
            every = self._every[task]
            is_mine = valkey_client().set(f"sent:{task}", "1", nx=True, px=int(every * MARKED_FOR * 1000))
            self._due[task] = now + every
            if is_mine:
                current_app.send_task(task, expires=every)
