"""Memories by keyboard alone, on a phone: a project, a memory with an error in its JSON, filters, delete and undo."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.test_accessibility import TOUCH, faults_on_a_phone
from tests.browser.test_goals import arrived, press

OpenBrowser = Callable[..., Page]
LINES = b"""{"data": {"title": "Two", "n": 2}, "key": "b", "tags": ["dry run"]}
{"data": {"title": "Three"}, "task": "wire"}"""


def test_a_memory_from_its_project_to_its_deletion_and_back(open_browser: OpenBrowser, alice: User) -> None:
    page = open_browser(alice, size="phone", **TOUCH)
    page.goto("/memories/")
    press(page, "New project")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.insert_text("Home lab")
    page.keyboard.press("Enter")
    arrived(page, "Home lab")
    press(page, "New memory")
    arrived(page, "New memory")
    page.locator("#id_record").fill('{"title": "One",\n}')
    press(page, "Save memory")
    expect(page.locator("#id_record")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".json-line.wrong")).to_contain_text("key in double quotes is missing")
    assert faults_on_a_phone(page) == []
    page.locator("#id_record").fill('{"title": "One", "status": "open"}')
    press(page, "Save memory")
    arrived(page, "One")

    page.goto("/memories/import/?project=Home+lab")
    page.locator("#id_file").set_input_files({"name": "m.ndjson", "mimeType": "", "buffer": LINES})
    press(page, "Preview")
    expect(page.locator("#preview")).to_contain_text("2 memories are new.")
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    assert faults_on_a_phone(page) == []
    press(page, "Import 2 memories")
    expect(page.locator(".toast")).to_contain_text("2 memories imported.")

    page.locator(".chip", has_text="dry run").click()
    rows = page.locator(".row.memory")
    expect(rows).to_have_count(1)
    press(page, "Tag: dry run")
    expect(rows).to_have_count(3)
    page.get_by_role("searchbox").press_sequentially("three")
    page.wait_for_url("**q=three**")
    expect(page.locator(".filter-chips")).to_contain_text("Search: three")

    page.goto(alice.memories.get(client_key="b").get_absolute_url())
    press(page, "Delete")
    arrived(page, "Home lab")
    press(page, "Undo")
    arrived(page, "Two")
