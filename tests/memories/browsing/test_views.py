from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.models import database_time
from base.text import storable
from memories.models import Memory, Project
from memories.services import change_project
from search.services import drain
from tests.factories import MemoryFactory, ProjectFactory
from tests.hostile import MARKUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def project(alice: User) -> Project:
    """Three memories, which differ in all that the page filters by."""
    project: Project = ProjectFactory(owner=alice, name="Home & lab")
    for number, component in ((1, "api"), (2, "web"), (3, "web")):
        MemoryFactory(
            project=project,
            data={"note": f"Note number {number}"},
            date=date(2026, 11, number),
            task=f"task {number}",
            component=component,
            tags=["all", f"tag {number}"],
        )
    return project


def notes(browser: Client, project: Project, **query: str | list[str]) -> list[int]:
    """The numbers of the memories on the page."""
    page = browser.get(project.get_absolute_url(), query).content.decode()
    return [number for number in (3, 2, 1) if f"Note number {number}" in page]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [3, 2, 1]),
        ({"date_from": "2026-11-02"}, [3, 2]),
        ({"date_from": "2026-11-02", "date_to": "2026-11-02"}, [2]),
        ({"task": "task 1"}, [1]),
        ({"component": "web"}, [3, 2]),
        ({"tag": ["all", "tag 3"]}, [3]),
        ({"tag": ["", " tag 3 "]}, [3]),
        ({"tag": ["tag 1", "tag 3"]}, []),
        ({"component": "web", "date_to": "2026-11-02", "page": "nonsense"}, [2]),
    ],
)
def test_filters_narrow_the_list(
    browser: Client, project: Project, query: dict[str, str | list[str]], numbers: list[int]
) -> None:
    MemoryFactory(project__owner=project.owner, data={"note": "Note number 2"}, task="task 1")
    assert notes(browser, project, **query) == numbers


def test_each_filter_is_a_chip_that_leads_to_the_list_without_it(browser: Client, project: Project) -> None:
    query = {"date_from": "2026-11-02", "component": "web", "tag": ["all", "tag 3"], "task": "", "page": "1"}
    response = browser.get(project.get_absolute_url(), query)
    chips = {chip.label: chip.url for chip in response.context["form"].chips}
    assert chips == {
        "From Nov. 2, 2026": "?component=web&tag=all&tag=tag+3&task=",
        "Component: web": "?date_from=2026-11-02&tag=all&tag=tag+3&task=",
        "Tag: all": "?date_from=2026-11-02&component=web&tag=tag+3&task=",
        "Tag: tag 3": "?date_from=2026-11-02&component=web&tag=all&task=",
    }
    page = response.content.decode()
    for address in chips.values():
        assert f'href="{address}"' in unescape(page)
    assert (
        browser.get(project.get_absolute_url(), headers={"HX-Request": "true"}).content.decode().startswith("\n  <div")
    )


@pytest.mark.parametrize(
    "query", [{"date_from": "tomorrow"}, {"tag": ["x" * 51]}, {"task": "x" * 201}, {"q": "x" * 501}]
)
def test_an_invalid_filter_is_said_and_lists_nothing(browser: Client, project: Project, query: dict[str, str]) -> None:
    response = browser.get(project.get_absolute_url(), query)
    assert response.status_code == 422
    assert "Note number" not in response.content.decode()


def test_a_list_takes_as_many_queries_for_many_memories(
    browser: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    MemoryFactory.create_batch(60, project=project, task="x")
    with django_assert_num_queries(6):  # two are those of the session; the number of memories is known
        page = browser.get(project.get_absolute_url()).content.decode()
    assert "63 memories" in page
    assert "Page 1 of 2" in page
    with django_assert_num_queries(7):
        assert "60 memories" in browser.get(project.get_absolute_url(), {"task": "x"}).content.decode()


def test_archived_projects_can_still_be_read(browser: Client, project: Project) -> None:
    change_project(project=project, archived=True, at=database_time())
    assert notes(browser, project) == [3, 2, 1]


def test_records_are_escaped(browser: Client, project: Project) -> None:
    texts = [storable(text) for text in MARKUP]
    record = {text: {"value": text} if number % 2 else text for number, text in enumerate(texts)}
    memory: Memory = MemoryFactory(
        project=project, data=record, task=MARKUP[0], component=MARKUP[2], tags=MARKUP[:2], source=MARKUP[0]
    )
    for address in (project.get_absolute_url(), memory.get_absolute_url()):
        page = browser.get(address).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert not [text for text in MARKUP if text.startswith("<") and text in page]


def test_a_memory_shows_all_of_its_record(browser: Client, project: Project) -> None:
    data = {"title": "Tea", "long": "word " * 500, "nested": {"a": [1, {"b": None}]}}
    memory: Memory = MemoryFactory(project=project, data=data, client_key="tea-1", source="agent")
    page = unescape(browser.get(memory.get_absolute_url()).content.decode())
    for text in ('<h1 dir="auto">Tea</h1>', '"b": null', "Show all", "word " * 500, "tea-1", "from agent"):
        assert text in page
    empty: Memory = MemoryFactory(project=project, data={})
    assert "This record has no fields." in browser.get(empty.get_absolute_url()).content.decode()


def test_a_project_without_memories_offers_to_write_one(browser: Client, alice: User) -> None:
    page = browser.get(ProjectFactory(owner=alice, name="A & B").get_absolute_url()).content.decode()
    assert f'href="{reverse("memories:memory-create")}?project=A+%26+B"' in page


def test_words_find_memories_of_the_project_within_the_filters(browser: Client, project: Project) -> None:
    MemoryFactory(project__owner=project.owner, data={"note": "Another kettle"}, component="api")
    data = {"note": "A <kettle> of tea", "n": 1}
    kettles = [MemoryFactory(project=project, data=data, component=name) for name in ("api", "web")]
    drain()
    response = browser.get(project.get_absolute_url(), {"q": "kettle", "component": "api"})
    assert [found.memory for found in response.context["results"].items] == kettles[:1]
    page = response.content.decode()
    assert "note: A &lt;<mark>kettle</mark>&gt; of tea · n: 1" in page
    assert "Search: kettle" in page
    assert "No memories found" in browser.get(project.get_absolute_url(), {"q": "kettle", "task": "x"}).content.decode()


def test_a_search_without_an_index_says_what_it_could_not_do(browser: Client, project: Project) -> None:
    page = browser.get(project.get_absolute_url(), {"q": "number 2"}).content.decode()
    assert "keyword matches only" in page
    assert "number" in page


def test_the_export_of_a_project_is_linked(browser: Client, project: Project) -> None:
    address = reverse("api:memory_export") + "?project=Home+%26+lab"
    assert f'href="{address}"' in browser.get(project.get_absolute_url()).content.decode()
