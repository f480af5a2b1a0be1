from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from accounts.models import User
from base.models import database_time
from memories.errors import (
    InvalidProjectName,
    InvalidRecord,
    KeyTaken,
    MemoryPurged,
    ProjectArchived,
    ProjectExists,
    ProjectFull,
    RecordTooLarge,
)
from memories.models import Memory, Project
from memories.services import (
    UNDO_TIME,
    change_memory,
    change_project,
    create_project,
    delete_memory,
    delete_project,
    purge_memories,
    restore_memory,
    restore_project,
    save_memory,
)
from tests.factories import MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def size(project: Project) -> int:
    """The recorded size, which must be the true one."""
    project.refresh_from_db()
    assert project.size == project.memories.filter(deleted_at=None).count()
    return project.size


def test_the_first_memory_creates_its_project_and_a_key_makes_writing_idempotent(alice: User) -> None:
    first = save_memory(owner=alice, project=" Home  lab ", data={"note": "one"}, key="a")
    assert (first.is_new, first.memory.project.name) == (True, "Home lab")
    again = save_memory(owner=alice, project="Home lab", data={"note": "two", "task": "wire"}, key="a")
    assert (again.is_new, again.memory.pk) == (False, first.memory.pk)
    assert (again.memory.body, again.memory.task) == ('{"note":"two","task":"wire"}', "wire")
    assert size(first.memory.project) == 1
    save_memory(owner=alice, project="Home lab", data={"note": "three"})
    save_memory(owner=alice, project="Home lab", data={"note": "three"})
    assert size(first.memory.project) == 3


def test_projects_of_two_users_may_have_one_name(alice: User, mallory: User) -> None:
    own = save_memory(owner=alice, project="Home", data={"a": 1}, key="k")
    other = save_memory(owner=mallory, project="Home", data={"a": 2}, key="k")
    assert other.is_new
    assert own.memory.project_id != other.memory.project_id


def test_what_is_given_beside_the_record_wins_over_its_own_fields(alice: User) -> None:
    data = {"date": "2026-11-22", "task": "own", "component": "api"}
    memory = save_memory(owner=alice, project="p", data=data, task="given").memory
    assert (memory.date, memory.task, memory.component) == (date(2026, 11, 22), "given", "api")
    changed = change_memory(memory=memory, data={"task": "new", "component": "web"})
    assert (changed.date, changed.task, changed.component) == (None, "given", "web")
    assert change_memory(memory=changed, tags=["a", "b", "a"]).tags == ["a", "b"]


@pytest.mark.parametrize("name", ["", "   ", "a/b", "a\\b", "x" * 101, "zero\u200bwidth", "\x07"])
def test_a_project_name_that_cannot_be_one(alice: User, name: str) -> None:
    with pytest.raises(InvalidProjectName):
        save_memory(owner=alice, project=name, data={})
    assert not alice.projects.exists()


def test_a_record_that_breaks_a_limit_creates_nothing(alice: User) -> None:
    with pytest.raises(RecordTooLarge):
        save_memory(owner=alice, project="p", data={"text": "x" * 70_000})
    deep: dict[str, object] = {}
    for _ in range(40):
        deep = {"in": deep}
    with pytest.raises(InvalidRecord):
        save_memory(owner=alice, project="p", data=deep)
    assert not alice.projects.exists()


def test_a_full_project_takes_no_more(alice: User, settings: LazySettings) -> None:
    settings.MAX_MEMORIES_PER_PROJECT = 2
    project = save_memory(owner=alice, project="p", data={"n": 1}, key="a").memory.project
    last = save_memory(owner=alice, project="p", data={"n": 2}).memory
    with pytest.raises(ProjectFull):
        save_memory(owner=alice, project="p", data={"n": 3})
    save_memory(owner=alice, project="p", data={"n": 4}, key="a")  # is a change
    delete_memory(memory=last, at=database_time())
    save_memory(owner=alice, project="p", data={"n": 5})
    with pytest.raises(ProjectFull):
        restore_memory(memory=last)
    assert size(project) == 2


def test_an_archived_project_takes_no_writes(alice: User) -> None:
    memory = save_memory(owner=alice, project="p", data={"n": 1}).memory
    change_project(project=memory.project, archived=True, at=database_time())
    with pytest.raises(ProjectArchived):
        save_memory(owner=alice, project="p", data={"n": 2})
    with pytest.raises(ProjectArchived):
        change_memory(memory=memory, data={"n": 2})
    change_project(project=memory.project, archived=False, at=database_time())
    assert change_memory(memory=memory, data={"n": 2}).body == '{"n":2}'


def test_two_projects_cannot_have_one_name(alice: User) -> None:
    create_project(owner=alice, name="one")
    other = create_project(owner=alice, name="two")
    with pytest.raises(ProjectExists):
        create_project(owner=alice, name=" one ")
    with pytest.raises(ProjectExists):
        change_project(project=other, name="one", at=database_time())
    delete_project(project=other, at=database_time())
    create_project(owner=alice, name="two")
    with pytest.raises(ProjectExists):
        restore_project(project=other)


def test_a_deleted_memory_comes_back_unless_its_key_is_taken(alice: User) -> None:
    memory = save_memory(owner=alice, project="p", data={"n": 1}, key="a").memory
    delete_memory(memory=memory, at=database_time())
    delete_memory(memory=memory, at=database_time())
    assert size(memory.project) == 0
    assert restore_memory(memory=memory).deleted_at is None
    assert size(memory.project) == 1
    delete_memory(memory=memory, at=database_time())
    newer = save_memory(owner=alice, project="p", data={"n": 2}, key="a")
    assert newer.is_new
    with pytest.raises(KeyTaken):
        restore_memory(memory=memory)
    other = save_memory(owner=alice, project="p", data={"n": 3}, key="b").memory
    with pytest.raises(KeyTaken):
        change_memory(memory=other, key="a")
    assert size(memory.project) == 2


def test_the_purge_removes_what_can_no_longer_be_restored(alice: User) -> None:
    kept, deleted = MemoryFactory(project__owner=alice), MemoryFactory(project__owner=alice)
    gone = MemoryFactory(project=ProjectFactory(owner=alice))
    now = database_time()
    delete_memory(memory=deleted, at=now - UNDO_TIME - timedelta(seconds=1))
    delete_project(project=gone.project, at=now - UNDO_TIME - timedelta(seconds=1))
    delete_project(project=kept.project, at=now)
    purge_memories(at=now)
    assert list(Memory.objects.all()) == [kept]
    assert not Project.objects.filter(pk=gone.project_id).exists()
    with pytest.raises(MemoryPurged):
        restore_memory(memory=deleted)
    assert restore_project(project=kept.project).deleted_at is None
