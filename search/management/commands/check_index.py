"""`manage.py check_index`: compare the index with PostgreSQL, and have what differs repaired."""

import sys
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from search.errors import IndexUnavailable
from search.index.comparison import Difference, compare
from search.index.status import outbox_status
from search.management.progress_bars import counting
from search.registry import Entity, entities, entity_of
from search.services import mark_changed
from search.sync.repair import report_failure, verify_files


class Command(BaseCommand):
    help = "Compare the index with PostgreSQL, entity by entity. Exit 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", help="compare only this table")
        parser.add_argument(
            "--repair", action="store_true", help="have the worker index what differs again, and repair damaged tables"
        )

    def handle(self, *args: Any, table: str | None, repair: bool, **options: Any) -> None:
        chosen = [entity_of(table)] if table else entities()
        differs = [entity.table for entity in chosen if not self._is_equal(entity, repair=repair)]
        waiting = outbox_status()
        self.stdout.write(f"outbox: {waiting.pending} pending, {waiting.dead} dead")
        if differs:
            sys.exit(1)

    def _is_equal(self, entity: Entity, *, repair: bool) -> bool:
        try:
            difference, differing = self._compare(entity)
        except IndexUnavailable as error:
            self.stderr.write(f"{entity.table}: its files are damaged or can't be read ({error.__cause__ or error})")
            if repair:
                report_failure(error)
                self.stdout.write(f"{entity.table}: the worker repairs it now")
            return False
        counts = f"{difference.missing} missing, {difference.extra} extra, {difference.stale} stale"
        self.stdout.write(f"{entity.table}: {counts}, {difference.missing_vectors} missing vectors")
        if repair and differing:
            for owner_id, ids in differing.items():
                mark_changed(table=entity.table, owner_id=owner_id, entity_ids=ids)
            self.stdout.write(f"{entity.table}: the worker indexes {sum(map(len, differing.values()))} of them again")
        return not difference.any

    def _compare(self, entity: Entity) -> tuple[Difference, dict[UUID, list[UUID]]]:
        """The difference, and the ids that differ by their owner. Raises IndexUnavailable."""
        differing: dict[UUID, list[UUID]] = defaultdict(list)
        with counting(entity.table, entity.model._default_manager.count()) as step:
            difference = compare(
                entity, on_step=step, on_difference=lambda owner_id, entity_id: differing[owner_id].append(entity_id)
            )
        verify_files(entity)
        return difference, differing
