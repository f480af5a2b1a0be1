"""Run all of MemoryLoop; `make run` calls this."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.up.preflight import StartupError
from operations.up.startup import run


class Command(BaseCommand):
    help = "Start the embedded servers unless others are configured, migrate, and run web, worker and beat."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run(self._print)
        except StartupError as error:
            raise CommandError(str(error)) from None

    def _print(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()
