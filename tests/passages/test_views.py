from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat.memory.services import forget_message
from passages.models import RememberedPassage
from tests.factories import MessageFactory, PassageFactory

pytestmark = pytest.mark.django_db
LIST, CREATE = reverse("passages:passage-list"), reverse("passages:passage-create")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def test_a_message_is_remembered_and_then_listed_with_its_source(browser: Client, alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, conversation__title="Renal", content="Nephrons <filter> blood.")
    response = browser.post(CREATE, {"message_id": message.pk})
    assert response["Location"] == message.get_absolute_url()
    page = browser.get(LIST).content.decode()
    assert "Nephrons &lt;filter&gt; blood." in page
    assert f'href="{message.get_absolute_url().replace("&", "&amp;")}"' in page
    assert "Renal" in page


def test_with_htmx_the_page_stays_and_says_so(browser: Client, alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="Nephrons filter blood.")
    for said in ("Remembered. See", "You remembered this before."):
        response = browser.post(CREATE, {"message_id": message.pk, "text": "filter"}, headers=HTMX)
        assert (response.status_code, said in response.content.decode()) == (200, True)
    refused = browser.post(CREATE, {"message_id": message.pk, "text": "water"}, headers=HTMX)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#toasts")


@pytest.mark.parametrize("message_id", ["", "x"])
def test_a_message_without_a_valid_id_is_not_found(browser: Client, message_id: str) -> None:
    assert browser.post(CREATE, {"message_id": message_id}).status_code == 404


def test_a_deleted_passage_can_be_restored(browser: Client, alice: User) -> None:
    passage = PassageFactory(owner=alice)
    page = browser.post(reverse("passages:passage-delete", args=[passage.pk]), follow=True).content.decode()
    undo = reverse("passages:passage-restore", args=[passage.pk])
    assert ("Nothing remembered yet" in page, undo in page) == (True, True)
    assert passage.text in browser.post(undo, follow=True).content.decode()


def test_a_passage_says_that_its_chat_was_deleted(browser: Client, alice: User) -> None:
    deleted = MessageFactory(conversation__owner=alice, conversation__deleted_at=timezone.now())
    PassageFactory(owner=alice, message=deleted)
    PassageFactory(owner=alice)
    assert browser.get(LIST).content.decode().count("The chat was deleted.") == 2


def test_a_passage_of_a_forgotten_message_stays_and_says_so(browser: Client, alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="Nephrons filter blood.")
    browser.post(CREATE, {"message_id": message.pk, "text": "Nephrons"})
    assert "the passage stays" not in browser.get(LIST).content.decode()
    forget_message(message=message)
    assert "the passage stays" in browser.get(LIST).content.decode()


def test_the_list_costs_the_same_for_many_passages(
    browser: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        PassageFactory(owner=alice, message=MessageFactory(conversation__owner=alice))
    browser.get(LIST)
    with django_assert_num_queries(4):
        browser.get(LIST)
    assert RememberedPassage.objects.count() == 3
