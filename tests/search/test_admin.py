from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from search.models import OutboxEntry, OutboxStatus
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

CONTENTS = "admin:search_indextable_contents"


@pytest.fixture
def operator(client_of: Callable[[User], Client]) -> Client:
    return client_of(UserFactory(email="operator@example.org", is_staff=True, is_superuser=True))


def test_dead_letters_are_requeued(operator: Client, alice: User) -> None:
    MessageFactory.create_batch(2, conversation__owner=alice)
    OutboxEntry.objects.update(status=OutboxStatus.DEAD, error="too long", attempts=10)
    chosen = OutboxEntry.objects.earliest("pk")
    data = {"action": "requeue", "_selected_action": [chosen.pk]}
    response = operator.post(reverse("admin:search_outboxentry_changelist"), data, follow=True)
    assert "1 entry was requeued." in response.content.decode()
    statuses = OutboxEntry.objects.order_by("pk").values_list("status", "attempts", "error")
    assert list(statuses) == [("pending", 0, ""), ("dead", 10, "too long")]


def test_the_outbox_is_listed_by_status(operator: Client, alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    OutboxEntry.objects.update(status=OutboxStatus.DEAD, error="the text is too long")
    response = operator.get(reverse("admin:search_outboxentry_changelist"), {"status__exact": "dead"})
    assert "the text is too long" in response.content.decode()


def test_the_contents_of_lancedb_are_shown(operator: Client, alice: User) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content="<b>Bread</b> needs salt.")
    drain()
    page = operator.get(reverse(CONTENTS), {"compare": ""}).content.decode()
    assert "&lt;b&gt;Bread&lt;/b&gt; needs salt." in page
    assert "1 rows, 1 embedded" in page
    assert "0 missing, 0 extra, 0 stale" in page
    assert reverse(CONTENTS) in operator.get(reverse("admin:search_indextable_changelist")).content.decode()


def test_a_lost_index_is_shown_as_damaged(operator: Client, alice: User, own_index: Path) -> None:
    maintenance.maintain_tables()
    rmtree(own_index)
    assert "messages: damaged" in operator.get(reverse(CONTENTS)).content.decode()


def test_only_staff_see_the_contents(client_of: Callable[[User], Client], alice: User) -> None:
    assert client_of(alice).get(reverse(CONTENTS)).status_code in (302, 403, 404)


def test_the_outbox_is_read_only(operator: Client, alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    entry = OutboxEntry.objects.get()
    assert operator.get(reverse("admin:search_outboxentry_add")).status_code == 403
    assert operator.post(reverse("admin:search_outboxentry_delete", args=[entry.pk])).status_code == 403
    assert operator.get(reverse("admin:search_outboxentry_change", args=[entry.pk])).status_code == 200
