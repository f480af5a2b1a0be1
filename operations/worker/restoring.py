"""Keeps a worker alive that loses the broker while tasks wait for one of its threads."""

from contextlib import suppress
from typing import Any

from kombu.transport import redis
from redis import RedisError


class UnacknowledgedTasks(redis.QoS):
    """The tasks that this worker has taken from the broker and that still wait for a thread."""

    def restore_unacked(self, client: Any = None) -> None:
        """Return the tasks to their queue, as a worker that stops does, unless the connection is lost.

        Celery calls this after a lost connection, too. There kombu 5.7.0 raises an AttributeError, which ends the
        worker with every reply that it writes. The tasks need no help: a sweep sends them again.
        """
        with suppress(RedisError, AttributeError):
            super().restore_unacked(client)
        if self._delivered:
            self._delivered.clear()  # kombu asks a second time, and then expects none


def survive_lost_connections() -> None:
    """Let this process's channels of the broker use `UnacknowledgedTasks`."""
    redis.Channel.QoS = UnacknowledgedTasks
