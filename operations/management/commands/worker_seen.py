"""The health check of a worker container: exit 1 if no worker has recorded a heartbeat lately."""

from typing import Any

import redis
from django.core.management.base import BaseCommand, CommandError

from operations.checks.workers import WORKER_TIMEOUT
from operations.heartbeat import last_seen, valkey_time


class Command(BaseCommand):
    help = "Print when a worker last recorded a heartbeat. Exit 1 if that is too long ago."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seen = last_seen()
        except redis.RedisError as error:
            raise CommandError(f"Valkey at REDIS_URL does not answer: {error}") from None
        if seen is None or valkey_time() - seen > WORKER_TIMEOUT:
            raise CommandError(f"No worker has been seen for {WORKER_TIMEOUT.seconds} seconds.")
        self.stdout.write(f"A worker was seen at {seen:%H:%M:%S} UTC.")
