import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from accounts.services import create_token
from search.services import drain
from tests.api import ApiClient, problem_of
from tests.contract import assert_documented
from tests.factories import ConversationFactory, MemoryFactory, ProjectFactory

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
def test_a_search_answers_memories_with_the_reason(api: ApiClient, alice: User) -> None:
    found = MemoryFactory(project__owner=alice, task="read", data={"note": "The nephrons filter blood.", "n": 1})
    MemoryFactory(project=found.project, task="read", data={"note": "Bread needs salt.", "n": 2})
    drain()
    path, name = f"{MEMORIES}/search", found.project.name
    [item] = api.post(path, {"query": "nephrons", "project": name, "mode": "keyword", "tags": []}).body["items"]
    assert item["memory"] == api.get(f"{MEMORIES}/{found.pk}").body
    assert item["words"] == ["nephrons"]
    assert "The <mark>nephrons</mark> filter blood." in item["highlight"]
    for body in ({"where": {"n": 1}}, {"query": "blood", "project": ["x", name], "where": {"n": 1}, "task": "read"}):
        assert [item["memory"]["id"] for item in api.post(path, body).body["items"]] == [str(found.pk)]
    assert api.post(path, {"query": "nephrons", "project": []}).body["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        *({"where": {"n": {"$gt": 1}}}, {"where": "n = 1"}, {"where": {"a": "x" * 5_000}}, {"project": 3}),
        *({"date_from": "22.11.2026"}, {"limit": 101}, {"mode": "magic"}, {"query": "x" * 2_001}),
    ],
)
def test_a_search_that_cannot_be_made(api: ApiClient, body: dict[str, Any]) -> None:
    assert api.post(f"{MEMORIES}/search", body).status == 422


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


def test_numbers_stay_as_they_were_written_and_deep_records_are_refused(api: ApiClient, alice: User) -> None:
    api.post(MEMORIES, {"project": "Lab", "data": {"a": 1.0, "b": [2.0, 2, {"c": 1e2}]}})
    memory = alice.memories.get()
    assert memory.body == '{"a":1.0,"b":[2.0,2,{"c":100.0}]}'
    api.patch(f"{MEMORIES}/{memory.pk}", {"data": {"a": 3.0}})
    memory.refresh_from_db()
    assert memory.body == '{"a":3.0}'
    deep: dict[str, Any] = {}
    for _level in range(400):
        deep = {"in": deep}
    refused = api.post(MEMORIES, {"project": "Lab", "data": deep})
    assert (refused.status, refused.body["type"]) == (422, "invalid-record")


def send_lines(owner: User, client_of: Callable[[User], Client], body: bytes, query: str = "", **headers: str) -> Any:
    url = f"/api{MEMORIES}/bulk{query}"
    kind = headers.pop("content_type", "application/x-ndjson")
    response = client_of(owner).generic("POST", url, body, content_type=kind, headers=headers)
    assert_documented("POST", url, response)
    return response


def test_many_memories_are_written_with_one_request(alice: User, client_of: Callable[[User], Client]) -> None:
    good = b'{"project":"Lab","data":{"a":1.0},"key":"one"}\n{"data":{"a":2}}\n'
    response = send_lines(alice, client_of, good, "?project=Notes")
    assert (response.status_code, response.json()) == (200, {"created": 2, "updated": 0, "errors": []})
    body = problem_of(send_lines(alice, client_of, good + b"{"), 422)
    assert (body["type"], [error["line"] for error in body["lines"]]) == ("lines-rejected", [2, 3])
    assert alice.memories.count() == 2
    partial = send_lines(alice, client_of, good + b"{", "?partial=true").json()
    assert (partial["created"], partial["updated"], len(partial["errors"])) == (0, 1, 2)


def test_a_body_that_is_no_plain_lines_or_too_large_is_refused(
    alice: User, client_of: Callable[[User], Client]
) -> None:
    line = b'{"project":"Lab","data":{"a":1}}\n'
    problem_of(send_lines(alice, client_of, line, content_type="application/json"), 415)
    problem_of(send_lines(alice, client_of, line, content_type="application/x-www-form-urlencoded"), 415)
    problem_of(send_lines(alice, client_of, gzip.compress(line), **{"Content-Encoding": "gzip"}), 415)
    assert problem_of(send_lines(alice, client_of, gzip.compress(line)), 422)["type"] == "lines-rejected"
    assert problem_of(send_lines(alice, client_of, b"\n" * 10_001), 413)["type"] == "too-many-lines"
    assert problem_of(send_lines(alice, client_of, b" " * 32_000_001), 413)["type"] == "too-many-bytes"
    assert not alice.projects.exists()


def test_writing_many_memories_needs_a_token_that_may_write(alice: User, client_of: Callable[[User], Client]) -> None:
    for scopes, status in (([Scope.READ], 403), ([Scope.READ, Scope.WRITE], 200)):
        secret = create_token(owner=alice, name="x", scopes=scopes)[1]
        headers = {"Authorization": f"Bearer {secret}"}
        response = Client().generic(
            "POST",
            f"/api{MEMORIES}/bulk",
            b'{"project":"Lab","data":{"a":1}}',
            content_type="application/x-ndjson",
            headers=headers,
        )
        assert response.status_code == status


def test_a_conversation_chooses_its_projects(api: ApiClient, alice: User, mallory: User) -> None:
    project, other = ProjectFactory(owner=alice, use_in_chats=True), ProjectFactory(owner=alice)
    projects = f"/chat/conversations/{ConversationFactory(owner=alice).pk}/projects"

    def used() -> dict[str, bool]:
        return {item["id"]: item["used"] for item in api.get(projects).body["items"]}

    assert used() == {str(project.pk): True, str(other.pk): False}
    changed = api.put(f"{projects}/{other.pk}", {"used": True})
    assert changed.body == {"id": str(other.pk), "name": other.name, "used": True}
    api.put(f"{projects}/{project.pk}", {"used": False})
    assert used() == {str(project.pk): False, str(other.pk): True}
    strangers = ProjectFactory(owner=mallory), ConversationFactory(owner=mallory)
    assert api.put(f"{projects}/{strangers[0].pk}", {"used": True}).status == 404
    assert api.put(f"{projects}/{project.pk}", {"used": None}).status == 422
    assert api.get(f"/chat/conversations/{strangers[1].pk}/projects").status == 404
    assert api.put(f"/chat/conversations/{strangers[1].pk}/projects/{project.pk}", {"used": True}).status == 404


def test_memories_that_match_are_deleted_and_restored(api: ApiClient, alice: User) -> None:
    for task in ("wire", "wire", "test"):
        api.post(MEMORIES, {"project": "Lab", "data": {}, "task": task})
    deleted = api.delete(MEMORIES, project="Lab", task="wire")
    assert (deleted.status, deleted.body["deleted"]) == (200, 2)
    assert len(api.get(MEMORIES).body["items"]) == 1
    restored = api.post(f"{MEMORIES}/restore", {"deleted_at": deleted.body["deleted_at"]})
    assert (restored.status, restored.body) == (200, {"restored": 2, "taken": 0})
    assert len(api.get(MEMORIES).body["items"]) == 3


@pytest.mark.parametrize(
    "query", [{}, {"task": "wire"}, {"project": "Lab", "tsk": "wire"}, {"project": "Lab", "where": "[]"}]
)
def test_a_deletion_that_is_not_clear_deletes_nothing(query: dict[str, str], api: ApiClient, alice: User) -> None:
    api.post(MEMORIES, {"project": "Lab", "data": {}, "task": "wire"})
    assert api.delete(MEMORIES, **query).status == 422
    assert alice.memories.get().deleted_at is None
