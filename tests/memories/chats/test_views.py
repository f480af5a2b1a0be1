from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat.models import Conversation
from memories.models import Project
from tests.factories import ConversationFactory, ProjectFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


@pytest.fixture
def project(alice: User) -> Project:
    return ProjectFactory(owner=alice, name="Home lab")


def test_a_project_is_chosen_and_the_menu_shows_it(
    browser: Client, conversation: Conversation, project: Project
) -> None:
    menu = reverse("memories:conversation-projects", args=[conversation.pk])
    assert menu in browser.get(reverse("chat:conversation-detail", args=[conversation.pk])).content.decode()
    change = reverse("memories:conversation-project-change", args=[conversation.pk, project.pk])
    for use in ("true", "false"):
        html = browser.post(change, {"use": use}, headers=HTMX, follow=True).content.decode()
        assert f'aria-pressed="{use}"' in html
        assert "<html" not in html
    page = browser.get(menu).content.decode()
    assert ("<html" in page, "Home lab" in page, 'aria-pressed="false"' in page) == (True, True, True)


def test_the_menu_says_what_to_know(browser: Client, conversation: Conversation) -> None:
    menu = reverse("memories:conversation-projects", args=[conversation.pk])
    assert "You have no projects yet" in browser.get(menu).content.decode()
    Conversation.objects.update(use_memory=False)
    assert "Memory is off in this chat" in browser.get(menu).content.decode()


def test_bad_choices_change_nothing(
    browser: Client, conversation: Conversation, project: Project, mallory: User
) -> None:
    def change(conversation: Conversation, project: Project, **fields: str) -> int:
        url = reverse("memories:conversation-project-change", args=[conversation.pk, project.pk])
        return browser.post(url, fields).status_code

    other = ConversationFactory(owner=mallory)
    assert change(conversation, project, use="perhaps") == 422
    assert change(conversation, project) == 422
    assert change(other, project, use="true") == 404
    assert change(conversation, ProjectFactory(owner=mallory), use="true") == 404
    assert browser.get(reverse("memories:conversation-projects", args=[other.pk])).status_code == 404
    assert not conversation.project_choices.exists()


def test_the_menu_costs_the_same_for_many_projects(
    browser: Client, conversation: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    menu = reverse("memories:conversation-projects", args=[conversation.pk])
    ProjectFactory.create_batch(3, owner=conversation.owner)
    browser.get(menu, headers=HTMX)
    with django_assert_num_queries(4):
        browser.get(menu, headers=HTMX)
    ProjectFactory.create_batch(20, owner=conversation.owner)
    with django_assert_num_queries(4):
        browser.get(menu, headers=HTMX)
