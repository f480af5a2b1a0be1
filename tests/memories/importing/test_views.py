import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from memories.importing.queries import ERRORS_SHOWN
from memories.services import save_memory

pytestmark = pytest.mark.django_db
IMPORT = reverse("memories:memory-import")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def lines(*records: object) -> str:
    return "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)


def send(browser: Client, content: str, *, headers: Mapping[str, str] | None = None, **fields: str) -> Any:
    file = SimpleUploadedFile("memories.ndjson", content.encode())
    return browser.post(IMPORT, {"file": file, **fields}, headers=headers)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_preview_says_what_an_import_would_do_and_writes_nothing(browser: Client, alice: User) -> None:
    save_memory(owner=alice, project="Home", data={}, key="tea")
    file = lines({"data": {"note": "<b>Tea</b>", "n": 1}, "key": "tea"}, {"project": "Lab", "data": {"note": "New"}})
    page = text_of(send(browser, file, project="Home"))
    for text in (
        "1 memory is new.",
        "1 memory of the same key is changed.",
        "Import 2 memories",
        "&lt;b&gt;Tea&lt;/b&gt;",
    ):
        assert text in page
    assert (alice.memories.count(), alice.projects.count()) == (1, 1)
    part = text_of(send(browser, file, project="Home", headers=HTMX))
    assert part.startswith('<div id="preview"')
    assert "Import 2 memories" in part


def test_a_file_is_imported_and_its_project_shown(browser: Client, alice: User) -> None:
    save_memory(owner=alice, project="Home", data={}, key="tea")
    file = lines({"data": {"note": "Tea"}, "key": "tea"}, "", {"data": {"note": "New"}, "tags": ["a"]})
    response = send(browser, file, project="Home", confirm="true")
    assert response.headers["Location"] == alice.projects.get().get_absolute_url()
    page = browser.get(response.headers["Location"]).content.decode()
    assert "1 memory imported. 1 memory changed." in page
    assert sorted(memory.data["note"] for memory in alice.memories.all()) == ["New", "Tea"]
    several = send(browser, lines({"data": {}, "project": "A"}, {"data": {}, "project": "B"}), confirm="true")
    assert several.headers["Location"] == reverse("memories:project-list")


def test_a_line_with_an_error_stops_the_import_unless_it_is_left_out(browser: Client, alice: User) -> None:
    file = lines({"data": {"note": "One"}}, '{"data": {"<b>": NaN}}', {"data": [1]}, {"data": {"note": "Two"}})
    for status, confirm in ((200, {}), (422, {"confirm": "true"})):
        file_and_fields = {"project": "Home", **confirm}
        response = send(browser, file, headers=None, **file_and_fields)
        assert response.status_code == status
        page = text_of(response)
        assert "2 lines have errors. Nothing can be imported" in page
        assert "<b>Line 2</b>" in page
        assert "<b>Line 3</b>" in page
        assert 'name="confirm"' not in page
    assert not alice.projects.exists()
    assert "Import 2 memories" in text_of(send(browser, file, project="Home", partial="on"))
    send(browser, file, project="Home", partial="on", confirm="true")
    assert alice.memories.count() == 2


def test_many_errors_are_counted_and_the_first_shown(browser: Client) -> None:
    page = text_of(send(browser, lines(*["{"] * (ERRORS_SHOWN + 3)), project="Home"))
    assert f"{ERRORS_SHOWN + 3} lines have errors." in page
    assert page.count("<b>Line ") == ERRORS_SHOWN
    assert "and 3 more" in page


@pytest.mark.parametrize(
    ("file", "project", "message"),
    [
        ("\n" * 10_001, "Home", "At most 10,000 lines can be written at a time."),
        ("", "Home", "The submitted file is empty."),
        ("\n \n", "Home", "The file has no lines."),
        ('{"data": {}}', "", "The line has no project."),
        ('{"data": {}}', "a/b", "A project&#x27;s name has 1 to 100 characters"),
        ("\ufffd\0", "Home", "1 line has an error."),
    ],
)
def test_a_file_that_cannot_be_imported_is_an_error_message(
    browser: Client, alice: User, file: str, project: str, message: str
) -> None:
    for headers in ({}, HTMX):
        assert message in text_of(send(browser, file, project=project, headers=headers))
        assert message in text_of(send(browser, file, project=project, confirm="true", headers=headers))
    assert not alice.projects.exists()


def test_without_a_file_the_form_says_so(browser: Client) -> None:
    response = browser.post(IMPORT, {"project": "Home"})
    assert response.status_code == 422
    assert "This field is required." in text_of(response)
    assert 'value="Home lab"' in browser.get(IMPORT, {"project": "Home lab"}).content.decode()
