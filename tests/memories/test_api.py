from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from search.services import drain
from tests.api import ApiClient
from tests.factories import MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db
MEMORIES = "/memories"
PROJECTS = "/memories/projects"


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


def test_a_memory_is_written_read_changed_and_deleted(api: ApiClient) -> None:
    data = {"zone": "eu", "task": "deploy", "date": "2026-11-22", "a": [1, {"b": None}]}
    created = api.post(MEMORIES, {"project": "Servers", "data": data, "tags": ["ops"], "key": "d1"})
    assert created.status == 201
    memory = created.body
    assert list(memory["data"]) == list(data)
    assert memory["data"] == data
    assert (memory["project"], memory["task"], memory["date"]) == ("Servers", "deploy", "2026-11-22")
    again = api.post(MEMORIES, {"project": "Servers", "data": {"zone": "us"}, "key": "d1"})
    assert (again.status, again.body["id"], again.body["tags"]) == (200, memory["id"], [])
    changed = api.patch(f"{MEMORIES}/{memory['id']}", {"component": "proxy"})
    assert (changed.body["data"], changed.body["component"]) == ({"zone": "us"}, "proxy")
    assert api.get(f"{MEMORIES}/{memory['id']}").body == changed.body
    assert api.get(f"{MEMORIES}?project=Servers").body["items"] == [changed.body]
    assert api.get(f"{MEMORIES}?project=Others").body["items"] == []
    assert api.delete(f"{MEMORIES}/{memory['id']}").status == 204
    assert api.get(f"{MEMORIES}/{memory['id']}").status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"project": "a/b"},
        {"data": []},
        {"data": None},
        {"date": "22.11.2026"},
        {"tags": ["x" * 51]},
        {"tags": [""]},
        {"task": 3},
        {"key": "x" * 201},
    ],
)
def test_a_memory_that_cannot_be_written(api: ApiClient, change: dict[str, Any]) -> None:
    refused = api.post(MEMORIES, {"project": "p", "data": {}} | change)
    assert refused.status == 422
    assert api.get(PROJECTS).body["items"] == []


def test_a_project_is_changed_archived_and_deleted(api: ApiClient) -> None:
    created = api.post(PROJECTS, {"name": "Servers", "description": "What runs where"})
    assert created.status == 201
    assert api.post(PROJECTS, {"name": "Servers"}).status == 409
    path = f"{PROJECTS}/{created.body['id']}"
    changed = api.patch(path, {"archived": True, "name": "Old servers"})
    assert (changed.body["archived"], changed.body["name"]) == (True, "Old servers")
    assert api.post(MEMORIES, {"project": "Old servers", "data": {}}).status == 409
    assert api.get(path).body == changed.body
    assert api.get(PROJECTS).body["items"] == [changed.body]
    assert api.delete(path).status == 204
    assert api.get(path).status == 404


def test_the_list_is_narrowed(api: ApiClient, alice: User) -> None:
    first = MemoryFactory(project__owner=alice, task="deploy", tags=["a", "b"], data={"status": "open", "n": 1})
    MemoryFactory(project=first.project, task="deploy", data={"status": "open", "n": 2})
    path = f"{MEMORIES}?project={first.project.name}&task=deploy&tag=a&tag=b"
    assert [item["id"] for item in api.get(path).body["items"]] == [str(first.pk)]
    assert api.get(f"{path}&date_from=2026-01-01").body["items"] == []
    found = api.get(MEMORIES, project=first.project.name, where='{"n": 2}').body["items"]
    assert [item["data"]["n"] for item in found] == [2]


@pytest.mark.parametrize(
    "query",
    [
        *({"where": "status = 'open'"}, {"where": '{"n": {"$gt": 1}}'}, {"where": "[" * 4_000}, {"where": "x" * 5_000}),
        *({"date_from": "22.11.2026"}, {"date_to": "2026-13-01"}, {"task": "x" * 201}, {"tag": ""}),
    ],
)
def test_a_list_that_cannot_be_narrowed(api: ApiClient, query: dict[str, str]) -> None:
    assert api.get(MEMORIES, **query).status == 422


@pytest.mark.django_db(transaction=True)
def test_memories_are_a_kind_of_search_results(api: ApiClient, alice: User) -> None:
    found = MemoryFactory(project__owner=alice, data={"note": "The nephrons filter blood."})
    archived = ProjectFactory(owner=alice, archived_at=found.created_at)
    MemoryFactory(project=archived, data={"note": "The nephrons filter water."})
    MemoryFactory(data={"note": "The nephrons of another user."})
    drain()
    answer = api.post("/search", {"query": "nephrons", "kinds": ["memory"]}).body
    assert [item["item"]["id"] for item in answer["items"]] == [str(found.pk)]
    assert answer["counts"]["memory"] == 1
