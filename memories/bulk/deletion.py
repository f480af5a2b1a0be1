"""Deleting all memories that filters match, and undoing it. Both in batches, so that no other write waits for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from base.models import batch_by_pk
from memories.models import Memory, Project
from memories.search.filters import MemoryFilters
from memories.services import add_to_size
from search.services import mark_changed

BATCH = 1_000


@dataclass(frozen=True)
class Deletion:
    """How many memories were deleted. `at` is the same for all of them, and names them for `restore_memories`."""

    count: int
    at: datetime


@dataclass(frozen=True)
class Restoration:
    """`taken` is how many stay deleted because another memory has their key by now."""

    count: int
    taken: int


def delete_memories(*, owner: User, filters: MemoryFilters, at: datetime) -> Deletion:
    """Delete what was there at `at` and matches. `restore_memories` undoes it until the purge."""
    rows = filters.rows(owner).filter(created_at__lte=at)
    mark = at.replace(microsecond=at.microsecond // 1000 * 1000)  # as JSON has it
    count, last = 0, None
    while ids := list(batch_by_pk(rows.values_list("pk", flat=True), after=last, size=BATCH)):
        count += _delete_batch(owner, ids, mark)
        last = ids[-1]
    return Deletion(count, mark)


def restore_memories(*, owner: User, at: datetime) -> Restoration:
    """Undo the deletion that was made at `at`. Raises ProjectFull; what was restored before it stays."""
    rows = owner.memories.filter(deleted_at=at, project__deleted_at=None)
    count, taken, last = 0, 0, None
    while ids := list(batch_by_pk(rows.values_list("pk", flat=True), after=last, size=BATCH)):
        restored = _restore_batch(owner, ids)
        count, taken, last = count + restored, taken + len(ids) - restored, ids[-1]
    return Restoration(count, taken)


@transaction.atomic
def _delete_batch(owner: User, ids: Sequence[UUID], at: datetime) -> int:
    projects = _locked_projects(ids)
    rows = Memory.objects.filter(pk__in=ids, deleted_at=None)
    chosen = list(rows.values_list("pk", "project_id"))
    _set_deleted(owner, projects, chosen, at)
    return len(chosen)


@transaction.atomic
def _restore_batch(owner: User, ids: Sequence[UUID]) -> int:
    projects = _locked_projects(ids)
    deleted = list(Memory.objects.filter(pk__in=ids, deleted_at__isnull=False).values("pk", "project_id", "client_key"))
    keys = [row["client_key"] for row in deleted if row["client_key"]]
    alive = Memory.objects.filter(project__in=projects, deleted_at=None, client_key__in=keys).exclude(client_key="")
    taken = set(alive.values_list("project_id", "client_key"))
    chosen = [(row["pk"], row["project_id"]) for row in deleted if (row["project_id"], row["client_key"]) not in taken]
    _set_deleted(owner, projects, chosen, None)
    return len(chosen)


def _locked_projects(ids: Sequence[UUID]) -> dict[UUID, Project]:
    """Locked in the order of their keys: two batches must not wait for each other."""
    projects = Project.objects.filter(pk__in=Memory.objects.filter(pk__in=ids).values("project_id"))
    return {project.pk: project for project in projects.order_by("pk").select_for_update()}


def _set_deleted(
    owner: User, projects: dict[UUID, Project], chosen: Sequence[tuple[UUID, UUID]], at: datetime | None
) -> None:
    """Delete or restore these pairs of a memory and its project. Raises ProjectFull."""
    changes: dict[UUID, int] = dict.fromkeys(projects, 0)
    for _memory_id, project_id in chosen:
        changes[project_id] += 1 if at is None else -1
    for project_id, change in changes.items():
        add_to_size(projects[project_id], change)
    ids = [memory_id for memory_id, _project_id in chosen]
    Memory.objects.filter(pk__in=ids).update(deleted_at=at)
    mark_changed(table="memories", owner_id=owner.pk, entity_ids=ids)
