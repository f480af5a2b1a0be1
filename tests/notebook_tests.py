"""What an app gets by being in INSTALLED_APPS. `tests/test_new_app.py` runs these tests with its own settings."""

import asyncio
import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.personal_data_export import export
from base.jobs import PERIODIC_TASKS
from memoryloop.celery import app
from search.queries import Mode, find
from search.services import drain
from tests.api import ApiClient
from tests.notebook.models import Note

pytestmark = pytest.mark.django_db(transaction=True)


def test_its_page_opens_and_is_linked_in_the_navigation(alice: User, client_of: Callable[[User], Client]) -> None:
    Note.objects.create(owner=alice, text="Osmosis moves water.")
    page = client_of(alice).get("/notes/").content.decode()
    assert "Osmosis moves water." in page
    assert 'href="/notes/"' in client_of(alice).get("/").content.decode()
    assert "Read notes" in client_of(alice).get("/palette/?q=read").content.decode()


def test_its_api_is_in_the_openapi_document(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).post("/notes", {"text": "Osmosis"}).status == 201
    assert Note.objects.get().owner == alice
    assert "/api/notes" in api_of(alice).get("/openapi.json").body["paths"]


def test_its_rows_are_found_by_meaning(alice: User, mallory: User) -> None:
    note = Note.objects.create(owner=alice, text="Osmosis moves water through a membrane.")
    drain()
    result = find(owner_id=alice.pk, table="notes", query="water and membranes", mode=Mode.SEMANTIC)
    assert [hit.entity_id for hit in result.hits] == [note.pk]
    assert find(owner_id=mallory.pk, table="notes", query="water", mode=Mode.HYBRID).hits == []


def test_its_rows_are_in_the_export(alice: User) -> None:
    Note.objects.create(owner=alice, text="Osmosis")

    async def exported() -> str:
        return "".join([chunk async for chunk in export(alice)])

    assert [note["text"] for note in json.loads(asyncio.run(exported()))["notes"]] == ["Osmosis"]


def test_workers_send_its_periodic_task() -> None:
    app.loader.import_default_modules()
    assert PERIODIC_TASKS["tests.notebook.tasks.delete_empty_notes"] == 60
