"""`manage.py reindex`: build the index again from PostgreSQL, beside the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.errors import MemoryLoopError
from search.management.progress_bars import counting
from search.registry import Entity, entities, entity_of
from search.services import start_rebuild
from search.sync.rebuild import build


class Command(BaseCommand):
    help = "Build the tables again from PostgreSQL and swap each in when it is full. Run again, it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", help="only this table")

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
            whole = build(entity, row, on_step=step)
        if not whole:
            raise CommandError(f"{entity.table}: the embedding model is not answering. Run reindex again to go on.")
        self.stdout.write(f"{entity.table}: {rows.count()} read, in use.")
