"""Services of projects and memories."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, NotRequired, TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from accounts.models import User
from base.text import storable
from memories.errors import (
    InvalidProjectName,
    InvalidRecord,
    KeyTaken,
    MemoryPurged,
    ProjectArchived,
    ProjectExists,
    ProjectFull,
    ProjectPurged,
    RecordTooLarge,
)
from memories.models import MAX_PROJECT_NAME_LENGTH, Memory, Project
from memories.records.values import MAX_DEPTH, TooDeep, TooManyBytes, own_fields, written
from search.services import indexed_transaction

# The page offers Undo for ten seconds. The longer time allows for slow networks and for clients of the API.
UNDO_TIME = timedelta(hours=1)
BATCH_SIZE = 500  # memories that are purged in one transaction


class ProjectChanges(TypedDict, total=False):
    name: str
    description: str
    use_in_chats: bool
    archived: bool


class MemoryValues(TypedDict):
    """`date`, `task` and `component` are taken from the record's own fields where they are not given."""

    data: Mapping[str, Any]
    key: NotRequired[str]
    date: NotRequired[date | None]
    task: NotRequired[str]
    component: NotRequired[str]
    tags: NotRequired[list[str]]
    source: NotRequired[str]


class MemoryChanges(TypedDict, total=False):
    data: Mapping[str, Any]
    key: str
    date: date | None
    task: str
    component: str
    tags: list[str]
    source: str


class Saved(NamedTuple):
    """`is_new`: the project had no memory with this key."""

    memory: Memory
    is_new: bool


@transaction.atomic
def create_project(*, owner: User, name: str, description: str = "", use_in_chats: bool = False) -> Project:
    """Raises InvalidProjectName or ProjectExists."""
    name = checked_name(name)
    if owner.projects.alive().filter(name=name).exists():
        raise ProjectExists
    return Project.objects.create(
        owner=owner, name=name, description=storable(description).strip(), use_in_chats=use_in_chats
    )


@transaction.atomic
def change_project(*, project: Project, at: datetime, **changes: Unpack[ProjectChanges]) -> Project:
    """Set what is given. An archived project is left out of lists, searches and replies, and can't be written to.

    Raises InvalidProjectName or ProjectExists.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if "name" in changes:
        project.name = checked_name(changes["name"])
        if _others_of_its_name(project).exists():
            raise ProjectExists
    if "description" in changes:
        project.description = storable(changes["description"]).strip()
    if "archived" in changes:
        project.archived_at = (project.archived_at or at) if changes["archived"] else None
    project.use_in_chats = changes.get("use_in_chats", project.use_in_chats)
    project.save()
    return project


@transaction.atomic
def delete_project(*, project: Project, at: datetime) -> None:
    """Delete the project with its memories; `restore_project` undoes it until the purge."""
    project.deleted_at = at
    project.save(update_fields=["deleted_at", "updated_at"])


@transaction.atomic
def restore_project(*, project: Project) -> Project:
    """Undo a deletion. Raises ProjectPurged, or ProjectExists if there is another one of its name by now."""
    locked = Project.objects.select_for_update().filter(pk=project.pk).first()
    if locked is None:
        raise ProjectPurged
    if _others_of_its_name(locked).exists():
        raise ProjectExists
    locked.deleted_at = None
    locked.save(update_fields=["deleted_at", "updated_at"])
    return locked


@transaction.atomic
def save_memory(*, owner: User, project: str, **values: Unpack[MemoryValues]) -> Saved:
    """Write a memory to the project of this name, which is created if there is none.

    With a `key` that the project has, that memory gets exactly these values. Raises InvalidProjectName,
    ProjectArchived, ProjectFull, InvalidRecord or RecordTooLarge.
    """
    checked = checked_values(values)
    locked = _writable_project(owner, project)
    memory = (
        locked.memories.filter(deleted_at=None, client_key=checked["client_key"]).first()
        if checked["client_key"]
        else None
    )
    is_new = memory is None
    if memory is None:
        add_to_size(locked, 1)
        memory = Memory(owner=owner, project=locked)
    _set(memory, checked)
    memory.save()
    return Saved(memory, is_new)


@transaction.atomic
def change_memory(*, memory: Memory, **changes: Unpack[MemoryChanges]) -> Memory:
    """Set what is given; `data` is replaced as a whole.

    With it, a date, task or component that the memory had from its own fields is taken from them again.
    Raises InvalidRecord, RecordTooLarge, ProjectArchived or KeyTaken.
    """
    # A bulk write has looked up the keys of the project that it has locked.
    if Project.objects.select_for_update().get(pk=memory.project_id).archived_at:
        raise ProjectArchived
    locked = Memory.objects.select_for_update(of=["self"]).select_related("project").get(pk=memory.pk)
    _set(locked, checked_values({**values_beside(locked), **changes}))
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError:
        raise KeyTaken from None
    return locked


def values_beside(memory: Memory) -> MemoryValues:
    """The values of the memory, without a date, a task or a component that its own fields give."""
    own = own_fields(memory.data)
    return MemoryValues(
        data=json.loads(memory.body),
        key=memory.client_key,
        date=None if memory.date == own.date else memory.date,
        task="" if memory.task == own.task else memory.task,
        component="" if memory.component == own.component else memory.component,
        tags=memory.tags,
        source=memory.source,
    )


@transaction.atomic
def delete_memory(*, memory: Memory, at: datetime) -> None:
    """Delete the memory; `restore_memory` undoes it until the purge."""
    project = Project.objects.select_for_update().get(pk=memory.project_id)
    if Memory.objects.filter(pk=memory.pk, deleted_at=None).exists():
        add_to_size(project, -1)
        memory.deleted_at = at
        memory.save(update_fields=["deleted_at"])


@transaction.atomic
def restore_memory(*, memory: Memory) -> Memory:
    """Undo a deletion. Raises MemoryPurged, ProjectFull, or KeyTaken if another memory has its key by now."""
    project = Project.objects.select_for_update().get(pk=memory.project_id)
    locked = Memory.objects.select_for_update(of=["self"]).filter(pk=memory.pk).first()
    if locked is None:
        raise MemoryPurged
    if locked.deleted_at is None:
        return locked
    if locked.client_key and project.memories.filter(deleted_at=None, client_key=locked.client_key).exists():
        raise KeyTaken
    add_to_size(project, 1)
    locked.deleted_at = None
    locked.save(update_fields=["deleted_at"])
    return locked


@indexed_transaction()
def purge_memories(*, at: datetime) -> int:
    """Permanently delete memories whose time for undo has passed, and projects once they have none left.

    Returns how many memories it was, at most `BATCH_SIZE`.
    """
    until = at - UNDO_TIME
    expired = Memory.objects.filter(deleted_at__lt=until) | Memory.objects.filter(project__deleted_at__lt=until)
    ids = list(expired.values_list("pk", flat=True)[:BATCH_SIZE])
    Memory.objects.filter(pk__in=ids).delete()
    Project.objects.filter(deleted_at__lt=until, memories=None).delete()
    return len(ids)


def checked_name(name: str) -> str:
    """The name of a project without needless spaces. Raises InvalidProjectName."""
    name = " ".join(storable(name).split())
    if not 0 < len(name) <= MAX_PROJECT_NAME_LENGTH or "/" in name or "\\" in name:
        raise InvalidProjectName
    if any(unicodedata.category(character) in ("Cc", "Cf") for character in name):
        raise InvalidProjectName
    return name


class CheckedValues(TypedDict):
    """What a row of a memory gets."""

    data: Mapping[str, Any]
    body: str
    client_key: str
    date: date | None
    task: str
    component: str
    tags: list[str]
    source: str


def checked_values(values: MemoryValues) -> CheckedValues:
    """Raises InvalidRecord or RecordTooLarge."""
    data = values["data"]
    try:
        body = written(data)
    except TooManyBytes:
        raise RecordTooLarge from None
    except TooDeep:
        raise InvalidRecord(f"A memory can be nested {MAX_DEPTH} levels deep.") from None
    own = own_fields(data)
    return CheckedValues(
        data=data,
        body=body,
        client_key=values.get("key") or "",
        date=values.get("date") or own.date,
        task=values.get("task") or own.task,
        component=values.get("component") or own.component,
        tags=list(dict.fromkeys(values.get("tags") or [])),
        source=values.get("source") or "",
    )


def _set(memory: Memory, values: CheckedValues) -> None:
    for name, value in values.items():
        setattr(memory, name, value)


def _others_of_its_name(project: Project) -> "QuerySet[Project]":
    return Project.objects.alive().filter(owner=project.owner_id, name=project.name).exclude(pk=project.pk)


def _writable_project(owner: User, name: str) -> Project:
    """Raises InvalidProjectName or ProjectArchived."""
    project = locked_project(owner, checked_name(name))
    if project.archived_at:
        raise ProjectArchived
    return project


def locked_project(owner: User, name: str) -> Project:
    """The locked project of this checked name, new if there is none. It may be archived."""
    # Two writers may create it at once: the constraint lets one of them, and the other finds its row.
    Project.objects.bulk_create([Project(owner=owner, name=name)], ignore_conflicts=True)
    return Project.objects.alive().select_for_update().get(owner=owner, name=name)


def add_to_size(project: Project, change: int) -> None:
    """Count memories of the locked project. Raises ProjectFull."""
    if project.size + change > settings.MAX_MEMORIES_PER_PROJECT:
        raise ProjectFull
    Project.objects.filter(pk=project.pk).update(size=F("size") + change)
