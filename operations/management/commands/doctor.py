"""`manage.py doctor`: examine the settings, the servers, the index and the models."""

import shutil
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from operations.checks.findings import Level
from operations.doctor.examination import examine
from operations.doctor.listing import DOCTOR
from operations.doctor.output import as_json, as_lines

MIN_WIDTH = 60  # columns
UNLIMITED = 10_000  # columns; a line of a log or a pipe is not broken


class Command(BaseCommand):
    help = (
        "Examine the settings, the servers, the index and the models, and say what to do. Starts and changes nothing, "
        "and works while the servers are down. Exit 1 when something has failed; warnings do not count."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        examination = examine(DOCTOR)
        if json:
            self.stdout.write(as_json(examination))
        else:
            width = max(MIN_WIDTH, shutil.get_terminal_size().columns) if self.stdout.isatty() else UNLIMITED
            colors = {Level.OK: self.style.SUCCESS, Level.WARNING: self.style.WARNING, Level.FAILURE: self.style.ERROR}
            for line in as_lines(examination, width=width, paint=colors):
                self.stdout.write(line)
        if examination.level is Level.FAILURE:
            sys.exit(1)
