"""The tools of memories."""

import pytest

from accounts.models import User
from memories.models import Memory, Project
from tests.factories import MemoryFactory, ProjectFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_memory_is_kept_replaced_changed_and_forgotten(alice: User) -> None:
    program = in_memory(alice)
    first = program.call("remember", project="Lab", key="run-1", data={"z": 1.0, "a": [2]}, task="train")
    again = program.call("remember", project="Lab", key="run-1", data={"z": 2, "date": "2026-11-22"})
    assert (first["is_new"], again["is_new"], again["id"]) == (True, False, first["id"])
    memory = Memory.objects.get()
    assert (memory.body, memory.task) == ('{"z":2,"date":"2026-11-22"}', "")

    changed = program.call("update_memory", memory_id=first["id"], tags=["kept"])
    assert (changed["data"], changed["tags"], changed["date"]) == (
        {"z": 2, "date": "2026-11-22"},
        ["kept"],
        "2026-11-22",
    )
    assert changed == program.call("get_memory", memory_id=first["id"])

    assert program.call("forget", memory_id=first["id"]) == {"id": first["id"]}
    assert program.error_of("forget", memory_id=first["id"]) == "It does not exist, or it is not yours."
    assert Project.objects.get().size == 0


def test_projects_are_listed_by_name_and_archived_ones_on_request(alice: User) -> None:
    project = MemoryFactory(project=ProjectFactory(owner=alice, name="Lab")).project
    ProjectFactory(owner=alice, name="Attic", archived_at=project.created_at)
    program = in_memory(alice)
    [listed] = program.call("list_projects")["items"]
    assert (listed["name"], listed["memories"]) == ("Lab", 1)
    assert [item["name"] for item in program.call("list_projects", archived=True)["items"]] == ["Attic"]
    assert "archived" in program.error_of("remember", project="Attic", data={})
