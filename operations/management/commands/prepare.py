"""Make database and static files ready; several hosts run it once before they start."""

from typing import Any

from django.core.management.base import BaseCommand

from operations.up.preparation import collect_static_files, migrate


class Command(BaseCommand):
    help = "Migrate the database and collect the static files, where there is anything to do."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Migrated." if migrate() else "The database is up to date.")
        self.stdout.write("Static files collected." if collect_static_files() else "The static files are up to date.")
