from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import User
from base.models import database_time
from memories.bulk import deletion
from memories.bulk.deletion import Restoration, delete_memories, restore_memories
from memories.errors import ProjectFull
from memories.models import Memory, Project
from memories.search.filters import MemoryFilters
from memories.services import UNDO_TIME, delete_memory, purge_memories, save_memory
from search.models import OutboxEntry
from tests.factories import MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db
LAB = MemoryFilters(projects=["Lab"])


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)


def fill(owner: User, *tasks: str, project: str = "Lab") -> Project:
    for task in tasks:
        save_memory(owner=owner, project=project, data={}, task=task, key=f"{task} {owner.memories.count()}")
    return owner.projects.get(name=project)


def alive(project: Project) -> list[str]:
    """The tasks of its memories, of which it must count as many."""
    project.refresh_from_db()
    tasks = list(project.memories.filter(deleted_at=None).order_by("pk").values_list("task", flat=True))
    assert project.size == len(tasks)
    return tasks


def test_what_matches_is_deleted_and_restored_as_a_whole(alice: User, mallory: User) -> None:
    lab, other = fill(alice, *"aabaa"), fill(alice, "a", project="Other")
    theirs = fill(mallory, "a")
    earlier = lab.memories.filter(task="b").get()
    delete_memory(memory=earlier, at=database_time() - timedelta(seconds=5))
    OutboxEntry.objects.all().delete()
    done = delete_memories(owner=alice, filters=MemoryFilters(projects=["Lab"], task="a"), at=database_time())
    assert done.count == 4
    assert (alive(lab), alive(other), alive(theirs)) == ([], ["a"], ["a"])
    deleted = set(lab.memories.filter(task="a").values_list("pk", flat=True))
    assert set(OutboxEntry.objects.values_list("entity_id", flat=True)) == deleted
    assert restore_memories(owner=mallory, at=done.at) == Restoration(0, 0)
    assert restore_memories(owner=alice, at=done.at) == Restoration(4, 0)
    assert alive(lab) == ["a"] * 4
    assert restore_memories(owner=alice, at=done.at) == Restoration(0, 0)


def test_what_is_written_meanwhile_stays(alice: User) -> None:
    lab = fill(alice, "a")
    at = database_time()
    Memory.objects.update(created_at=at - timedelta(seconds=1))
    MemoryFactory(project=lab, task="new", created_at=at + timedelta(seconds=1))
    assert delete_memories(owner=alice, filters=LAB, at=at).count == 1
    assert alive(lab) == ["new"]


def test_a_key_that_was_taken_meanwhile_is_left_to_its_new_memory(alice: User) -> None:
    lab = fill(alice, "a", "b", "c")
    done = delete_memories(owner=alice, filters=LAB, at=database_time())
    save_memory(owner=alice, project="Lab", data={}, task="new", key="b 1")
    assert restore_memories(owner=alice, at=done.at) == Restoration(2, 1)
    assert sorted(alive(lab)) == ["a", "c", "new"]


def test_a_project_that_was_filled_meanwhile_takes_none_back(alice: User, settings: Settings) -> None:
    lab = fill(alice, "a", "b")
    done = delete_memories(owner=alice, filters=LAB, at=database_time())
    save_memory(owner=alice, project="Lab", data={}, task="new")
    settings.MAX_MEMORIES_PER_PROJECT = 2
    with pytest.raises(ProjectFull):
        restore_memories(owner=alice, at=done.at)
    assert alive(lab) == ["new"]


def test_nothing_is_left_after_the_time_for_undo(alice: User) -> None:
    fill(alice, "a", "b", "c")
    done = delete_memories(owner=alice, filters=LAB, at=database_time())
    assert purge_memories(at=done.at + UNDO_TIME + timedelta(seconds=1)) == 3
    assert not alice.memories.exists()
    assert restore_memories(owner=alice, at=done.at) == Restoration(0, 0)


def test_a_project_without_memories_is_no_error(alice: User) -> None:
    ProjectFactory(owner=alice, name="Lab")
    assert delete_memories(owner=alice, filters=LAB, at=database_time()).count == 0
