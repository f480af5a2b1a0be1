"""`manage.py check_index`: compare the index with PostgreSQL."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.errors import IndexUnavailable
from search.index.comparison import compare
from search.index.status import outbox_status
from search.management.progress_bars import counting
from search.registry import entities, entity_of


class Command(BaseCommand):
    help = "Compare the index with PostgreSQL, entity by entity. Exit 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", help="compare only this table")

    def handle(self, *args: Any, table: str | None, **options: Any) -> None:
        chosen = [entity_of(table)] if table else entities()
        differs = False
        for entity in chosen:
            try:
                with counting(entity.table, entity.model._default_manager.count()) as step:
                    difference = compare(entity, on_step=step)
            except IndexUnavailable as error:
                self.stderr.write(f"{entity.table}: {error.detail}")
                differs = True
                continue
            differs = differs or difference.any
            counts = f"{difference.missing} missing, {difference.extra} extra, {difference.stale} stale"
            self.stdout.write(f"{entity.table}: {counts}, {difference.missing_vectors} missing vectors")
        waiting = outbox_status()
        self.stdout.write(f"outbox: {waiting.pending} pending, {waiting.dead} dead")
        if differs:
            sys.exit(1)
