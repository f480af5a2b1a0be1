"""`manage.py replay_outbox`: have the worker index changes again that were lost, for example with the index's disk."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, QuerySet
from django.utils import timezone

from base.models import database_time
from search.errors import UnknownTable
from search.management.progress_bars import counting
from search.models import OutboxEntry, OutboxStatus
from search.registry import entity_of
from search.services import requeue_dead_letters
from search.sync.maintenance import KEEP_DONE
from search.sync.replay import changed_entities, replay

MARGIN = timedelta(minutes=5)  # applied entries are deleted from time to time
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    help = (
        "Record changes again that the outbox still has, for a day after they were applied. The worker then compares "
        "each entity with the index once more. Nothing is written twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", help="only changes of this table")
        parser.add_argument("--since", help="only changes since then: 2026-11-22, 2026-11-22T09:30, 90m, 12h or 1d")
        parser.add_argument("--entity", type=UUID, help="only changes of the row with this id")
        parser.add_argument("--dead", action="store_true", help="requeue dead letters instead")
        parser.add_argument("--dry-run", action="store_true", help="say what would be recorded, and change nothing")

    def handle(self, *args: Any, dead: bool, dry_run: bool, **options: Any) -> None:
        entries = _chosen(options)
        if dead:
            self._requeue(entries.filter(status=OutboxStatus.DEAD), dry_run=dry_run)
        elif not any(options[name] for name in ("table", "since", "entity")):
            raise CommandError("Say what to replay, with --table, --since, --entity or --dead.")
        else:
            self._replay(entries, dry_run=dry_run)

    def _requeue(self, dead: "QuerySet[OutboxEntry]", *, dry_run: bool) -> None:
        count = dead.count() if dry_run else requeue_dead_letters(entries=dead)
        self.stdout.write(f"{count} dead letters {'would be' if dry_run else 'were'} requeued.")

    def _replay(self, entries: "QuerySet[OutboxEntry]", *, dry_run: bool) -> None:
        # What the replay itself records is not replayed.
        newest = OutboxEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        changed = changed_entities(entries.filter(pk__lte=newest))
        counts = entries.exclude(entity_id=None).order_by("table").values_list("table")
        for table, count in counts.annotate(count=Count("entity_id", distinct=True)):
            self.stdout.write(f"{table}: {count} changed rows")
        if dry_run:
            self.stdout.write("Nothing was recorded.")
            return
        with counting("replay", changed.count()) as step:
            replay(changed, on_step=step)
        self.stdout.write("They are recorded again; the worker applies them now.")


def _chosen(options: Mapping[str, Any]) -> "QuerySet[OutboxEntry]":
    """Raises CommandError."""
    entries = OutboxEntry.objects.all()
    if options["table"]:
        try:
            entries = entries.filter(table=entity_of(options["table"]).table)
        except UnknownTable as error:
            raise CommandError(error.detail) from error
    if options["since"]:
        since = _moment(options["since"])
        if since < database_time() - KEEP_DONE - MARGIN:
            raise CommandError(
                "The outbox keeps changes for a day. For older ones, run reindex or check_index --repair."
            )
        entries = entries.filter(created_at__gte=since)
    return entries.filter(entity_id=options["entity"]) if options["entity"] else entries


def _moment(text: str) -> datetime:
    """The time of an ISO date or date and time, in the server's zone, or that many minutes, hours or days ago."""
    if ago := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return database_time() - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        expected = "a date such as 2026-11-22, a time such as 2026-11-22T09:30, or 90m, 12h, 1d"
        raise CommandError(f"--since takes {expected}.") from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
