"""`manage.py reindex`: rebuild the index from PostgreSQL, beside the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.errors import MemoryLoopError
from search.management.progress_bars import counting
from search.registry import Entity, entities, entity_of
from search.services import BuildResult, continue_rebuild, start_rebuild

PROBLEMS = {
    BuildResult.EMBEDDER_UNAVAILABLE: "the embedding model is not answering. Run reindex again to continue.",
    BuildResult.RETIRED: "the new table was retired before it was complete. Run reindex again.",
}


class Command(BaseCommand):
    help = "Rebuild the tables from PostgreSQL and swap in each when it is complete. An interrupted run is continued."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", help="rebuild only this table")

    def handle(self, *args: Any, table: str | None, **options: Any) -> None:
        try:
            for entity in [entity_of(table)] if table else entities():
                self._rebuild(entity)
        except MemoryLoopError as error:
            raise CommandError(error.detail) from error

    def _rebuild(self, entity: Entity) -> None:
        row = start_rebuild(table=entity.table)
        rows = entity.model._default_manager
        done = rows.filter(pk__lte=row.cursor).count() if row.cursor else 0
        with counting(entity.table, rows.count(), done=done) as step:
            result = continue_rebuild(row=row, on_step=step)
        if result in PROBLEMS:
            raise CommandError(f"{entity.table}: {PROBLEMS[result]}")
        self.stdout.write(f"{entity.table}: {rows.count()} rows read; the new table is in use.")
