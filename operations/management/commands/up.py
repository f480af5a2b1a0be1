"""`make run`: everything, in one command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.up.preflight import CannotStart
from operations.up.startup import run


class Command(BaseCommand):
    help = "Start the embedded servers unless addresses are set, migrate, and keep web, worker and beat alive."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run(self._say)
        except CannotStart as reason:
            raise CommandError(str(reason)) from None

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
