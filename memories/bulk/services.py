"""Writing many memories in one transaction, or trying out what that would do."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from base.errors import MemoryLoopError
from base.models import new_id
from memories.bulk.reading import Line
from memories.bulk.report import LineError, Report
from memories.errors import ProjectArchived, ProjectFull
from memories.models import Memory, Project
from memories.services import CheckedValues, add_to_size, checked_name, locked_project
from search.services import indexed_transaction, mark_changed

BATCH = 1_000  # lines that are written with one statement
BATCH_LENGTH = 2_000_000  # characters of their records, because each is in memory several times while it is written
MAX_PROJECTS = 100  # that one body may write to, because each costs several statements
COLUMNS = ("body", "client_key", "date", "task", "component", "source")
# Model instances take three times as long: each record is written twice, and Django and psycopg look at each value.
WRITE = """
    INSERT INTO memories_memory (
        id, owner_id, project_id, body, data, client_key, date, task, component, source, tags, created_at, updated_at
    )
    SELECT id, %s, %s, body, body::jsonb, client_key, date, task, component, source,
        ARRAY(SELECT jsonb_array_elements_text(tags)), statement_timestamp(), statement_timestamp()
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::jsonb[])
        AS line(id, body, client_key, date, task, component, source, tags)
    ON CONFLICT (id) DO UPDATE SET
        (body, data, date, task, component, source, tags, updated_at) = (
            excluded.body, excluded.data, excluded.date, excluded.task, excluded.component, excluded.source,
            excluded.tags, excluded.updated_at
        )
"""


def write_lines(*, owner: User, lines: Iterable[Line | LineError], partial: bool = False, project: str = "") -> Report:
    """Write the lines in one transaction. `project` is the name for lines that have none.

    If a line has an error, nothing is written and the report has only the errors; with `partial`, the other lines are
    written. A key that comes again updates its memory, within one body too. Raises TooManyLines or TooManyBytes.
    """
    run = _Run(owner, project, partial=partial)
    with transaction.atomic():
        with indexed_transaction(), connection.cursor() as cursor:
            # Two writes that lock the same projects in another order would wait for each other.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"memories.bulk {owner.pk}"])
            run.take(lines)
            run.record_sizes()
        transaction.set_rollback(run.is_rejected)
    return run.report()


def preview_lines(
    *, owner: User, lines: Iterable[Line | LineError], partial: bool = False, project: str = ""
) -> Report:
    """What `write_lines` would report now. Nothing is written or locked. Raises TooManyLines or TooManyBytes."""
    run = _Run(owner, project, partial=partial, is_trial=True)
    run.take(lines)
    return run.report()


@dataclass
class _Target:
    """A project that lines write to, locked unless it is a trial. `known` are the memories of keys that have come."""

    project: Project
    lines: int = 0
    added: int = 0
    known: dict[str, UUID] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return self.project.size + self.added >= settings.MAX_MEMORIES_PER_PROJECT

    def look_up(self, keys: set[str]) -> None:
        # `exclude` as in the condition of the unique index, which PostgreSQL uses only then.
        memories = Memory.objects.filter(project=self.project.pk, deleted_at=None).exclude(client_key="")
        unknown = keys - self.known.keys()
        self.known.update(memories.filter(client_key__in=unknown).values_list("client_key", "pk"))


class _Run:
    """One body. A trial finds out the same and writes nothing."""

    def __init__(self, owner: User, default: str, *, partial: bool, is_trial: bool = False) -> None:
        self._owner = owner
        self._default = default
        self._partial = partial
        self._is_trial = is_trial
        self._targets: dict[str, _Target] = {}
        self._created = self._updated = 0
        self._errors: list[LineError] = []

    @property
    def is_rejected(self) -> bool:
        return bool(self._errors) and not self._partial

    def take(self, lines: Iterable[Line | LineError]) -> None:
        for batch in _batches(self._valid(lines)):
            grouped: dict[str, list[Line]] = {}
            for name, line in batch:
                grouped.setdefault(name, []).append(line)
            for name, of_project in grouped.items():
                self._take_batch(self._targets[name], of_project)

    def record_sizes(self) -> None:
        for target in self._targets.values():
            if target.added:
                add_to_size(target.project, target.added)

    def report(self) -> Report:
        errors = sorted(self._errors, key=lambda error: error.number)
        if self.is_rejected:
            return Report(errors=errors)
        projects = {name: target.lines for name, target in self._targets.items() if target.lines}
        return Report(self._created, self._updated, projects, errors)

    def _valid(self, lines: Iterable[Line | LineError]) -> Iterator[tuple[str, Line]]:
        """The lines that may be written, with the names of their projects."""
        for line in lines:
            if isinstance(line, LineError):
                self._errors.append(line)
                continue
            try:
                yield self._name_of(line), line
            except MemoryLoopError as error:
                self._refuse(line, error)

    def _name_of(self, line: Line) -> str:
        """The name of the line's project, which is among the targets then. Raises what is wrong with it."""
        written = line.project or self._default
        if not written:
            raise MemoryLoopError(_("The line has no project."))
        name = checked_name(written)
        if name not in self._targets:
            if len(self._targets) == MAX_PROJECTS:
                raise MemoryLoopError(_("At most 100 projects can be written to at a time."))
            self._targets[name] = _Target(self._project(name))
        if self._targets[name].project.archived_at:
            raise ProjectArchived
        return name

    def _project(self, name: str) -> Project:
        if self._is_trial:
            return self._owner.projects.alive().filter(name=name).first() or Project(owner=self._owner, name=name)
        return locked_project(self._owner, name)

    def _take_batch(self, target: _Target, lines: Sequence[Line]) -> None:
        target.look_up({line.values["client_key"] for line in lines} - {""})
        values: dict[UUID, CheckedValues] = {}
        for line in lines:
            key = line.values["client_key"]
            pk = target.known.get(key)
            if pk is None and target.is_full:
                self._refuse(line, ProjectFull())
                continue
            target.lines += 1
            if pk is None:
                pk = new_id()
                target.added += 1
                self._created += 1
            else:
                self._updated += 1
            if key:
                target.known[key] = pk
            values[pk] = line.values
        if values and not self._is_trial and not self.is_rejected:
            self._write(target.project, values)

    def _write(self, project: Project, values: Mapping[UUID, CheckedValues]) -> None:
        """Insert these memories, or update those that there are."""
        columns = map(list, zip(*map(itemgetter(*COLUMNS), values.values()), strict=True))
        tags = [json.dumps(content["tags"]) for content in values.values()]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [self._owner.pk, project.pk, list(values), *columns, tags])
        mark_changed(table="memories", owner_id=self._owner.pk, entity_ids=values)

    def _refuse(self, line: Line, error: MemoryLoopError) -> None:
        self._errors.append(LineError(line.number, error.detail))


def _batches(lines: Iterable[tuple[str, Line]]) -> Iterator[list[tuple[str, Line]]]:
    batch: list[tuple[str, Line]] = []
    length = 0
    for named in lines:
        batch.append(named)
        length += len(named[1].values["body"])
        if len(batch) == BATCH or length > BATCH_LENGTH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
