"""Prepare the database and the static files. With several hosts, run it once per release."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from base.configuration import environment
from operations.up.prepare_steps import collect_static_files, migrate
from operations.up.private_files import make_private


class Command(BaseCommand):
    help = "Migrate the database and collect the static files, if anything has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        # Embedded servers may be running, and PostgreSQL's account may enter the directory: `up` has seen to that.
        if environment.text("DATABASE_URL", default=""):
            make_private(settings.DATA_DIR)
        self.stdout.write("Migrated." if migrate() else "The database is up to date.")
        self.stdout.write("Static files collected." if collect_static_files() else "The static files are up to date.")
