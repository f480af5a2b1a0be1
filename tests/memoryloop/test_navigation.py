from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from memoryloop.navigation import MOST_SHOWN, due_count, frame
from tests.factories import CardFactory


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "chat"),
        ("/chat/0199/", "chat"),
        ("/search/", "search"),
        ("/cards/new/", "cards"),
        ("/review/", "review"),
        ("/settings/review/", "settings"),
        ("/accounts/2fa/", "settings"),
    ],
)
def test_the_rail_knows_where_the_person_is(rf: RequestFactory, path: str, place: str) -> None:
    assert frame(rf.get(path))["here"] == place


def test_only_due_cards_of_the_person_are_counted(rf: RequestFactory, alice: User, mallory: User) -> None:
    hour = timedelta(hours=1)
    CardFactory.create_batch(2, owner=alice, reviewed=True, due=timezone.now() - hour)
    CardFactory(owner=alice, reviewed=True, due=timezone.now() + hour)
    CardFactory(owner=mallory, reviewed=True, due=timezone.now() - hour)
    request = rf.get("/")
    request.user = alice
    assert due_count(request) == "2"


def test_many_due_cards_cost_one_bounded_query(
    rf: RequestFactory, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CardFactory.create_batch(MOST_SHOWN + 5, owner=alice, reviewed=True, due=timezone.now() - timedelta(hours=1))
    request = rf.get("/")
    request.user = alice
    with django_assert_num_queries(1):
        assert due_count(request) == "99+"
