from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import Client

from accounts.models import User
from base.models import database_time
from memories.bulk import export
from memories.bulk.reading import read_lines
from memories.bulk.services import write_lines
from memories.services import delete_memory, save_memory
from tests.contract import assert_documented
from tests.factories import MemoryFactory

pytestmark = pytest.mark.django_db
URL = "/api/memories/export"
FIELDS = ("body", "client_key", "date", "task", "component", "tags", "source")


def exported(client: Client, query: str = "") -> list[bytes]:
    response = client.get(URL + query)
    assert_documented("GET", URL, response)
    assert isinstance(response, StreamingHttpResponse)
    content = cast(AsyncIterator[bytes], response.streaming_content)

    async def collected() -> list[bytes]:
        return [chunk async for chunk in content]

    return async_to_sync(collected)()


def rows(owner: User) -> list[tuple[Any, ...]]:
    return list(owner.memories.filter(deleted_at=None).order_by("pk").values_list("project__name", *FIELDS))


def test_what_is_exported_can_be_written_again(
    alice: User, mallory: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    save_memory(
        owner=alice, project="Läb", data={"z": 1.0, "a": '"\n\u2028', "date": "2026-11-22"}, key="a", tags=["x"]
    )
    save_memory(owner=alice, project="Other", data={}, task="t", component="c", source="s")
    save_memory(owner=alice, project="Other", data={"n": 10**25, "d": {"d": [None]}})
    deleted = save_memory(owner=alice, project="Other", data={"gone": 1}).memory
    delete_memory(memory=deleted, at=database_time())
    MemoryFactory(project__owner=mallory, project__name="Other")
    chunks = exported(client_of(alice))
    assert len(chunks) == 2
    assert write_lines(owner=mallory, lines=read_lines(chunks)).created == 3
    assert rows(mallory)[1:] == rows(alice)


def test_filters_choose_what_is_exported(alice: User, client_of: Callable[[User], Client]) -> None:
    for project, task in (("Lab", "a"), ("Lab", "b"), ("Other", "a")):
        save_memory(owner=alice, project=project, data={"in": project}, task=task)
    browser = client_of(alice)
    assert b"".join(exported(browser, "?project=Lab&task=a")).count(b"\n") == 1
    assert exported(browser, "?project=Nothing") == []
    assert browser.get(f"{URL}?where=[]").status_code == 422
