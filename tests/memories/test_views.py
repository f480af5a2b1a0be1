from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from memories.models import Project
from tests.factories import MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db
LIST, CREATE = reverse("memories:project-list"), reverse("memories:project-create")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def project(alice: User) -> Project:
    project: Project = ProjectFactory(owner=alice, name="Home lab", description="Two <b>servers</b>")
    return project


def url(name: str, project: Project) -> str:
    return reverse(f"memories:project-{name}", args=[project.pk])


def test_the_empty_page_says_what_projects_are(browser: Client) -> None:
    page = browser.get(LIST).content.decode()
    assert "Your programs can write JSON records here" in page
    assert f'href="{CREATE}"' in page


def test_a_project_is_created_and_changed(browser: Client, alice: User) -> None:
    browser.post(CREATE, {"name": " Home  lab ", "use_in_chats": "on"})
    project = alice.projects.get()
    assert (project.name, project.use_in_chats) == ("Home lab", True)
    assert 'value="Home lab"' in browser.get(url("edit", project)).content.decode()
    page = browser.post(url("edit", project), {"name": "Lab", "description": "<b>x</b>"}, follow=True).content.decode()
    assert "Project saved." in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    project.refresh_from_db()
    assert (project.name, project.description, project.use_in_chats) == ("Lab", "<b>x</b>", False)


@pytest.mark.parametrize("name", ["", "a/b", "x" * 101, "Home lab"])
def test_a_name_that_cannot_be_used_is_said_at_its_field(browser: Client, project: Project, name: str) -> None:
    other = ProjectFactory(owner=project.owner, name="Other")
    for address in (CREATE, url("edit", other)):
        response = browser.post(address, {"name": name})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert set(project.owner.projects.values_list("name", flat=True)) == {"Home lab", "Other"}


def test_switches_change_only_what_is_sent(browser: Client, project: Project) -> None:
    change = url("change", project)
    assert browser.post(change, {"use_in_chats": "true"}).status_code == 302
    browser.post(change, {"archived": "true"})
    browser.post(change, {"archived": "maybe"})
    project.refresh_from_db()
    assert (project.use_in_chats, project.archived_at is None) == (True, False)
    assert "Home lab" not in browser.get(LIST).content.decode()
    assert "Home lab" in browser.get(LIST, {"show": "archived"}).content.decode()
    page = browser.get(project.get_absolute_url()).content.decode()
    assert "This project is archived." in page
    assert "New memory" not in page
    browser.post(change, {"archived": "false"})
    assert "Two &lt;b&gt;servers&lt;/b&gt;" in browser.get(LIST).content.decode()


def test_a_deleted_project_can_be_restored(browser: Client, project: Project) -> None:
    MemoryFactory(project=project)
    page = browser.post(url("delete", project), follow=True).content.decode()
    assert url("restore", project) in page
    assert "Home lab" not in page
    assert browser.get(project.get_absolute_url()).status_code == 404
    assert "1 memory" in browser.post(url("restore", project), follow=True).content.decode()


def test_the_list_takes_as_many_queries_for_many_projects(
    browser: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ProjectFactory.create_batch(20, owner=project.owner)
    with django_assert_num_queries(3):  # two are those of the session
        browser.get(LIST)
