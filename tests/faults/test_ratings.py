"""Fifty simultaneous ratings of one card over HTTP, with fewer database connections than ratings."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from uuid import uuid4

import pytest

from accounts.models import User
from quiz.models import Review
from tests.chat.reading import program_of
from tests.factories import CardFactory
from tests.processes import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RATINGS = 50


def test_fifty_simultaneous_ratings_are_reviews_in_order_or_conflicts(alice: User, shared_site: Site) -> None:
    program, card = program_of(alice, shared_site), CardFactory(owner=alice)
    barrier = Barrier(RATINGS)

    def rate(number: int) -> int:
        body = {"card_id": str(card.pk), "review_id": str(uuid4()), "rating": 3}
        barrier.wait(20)
        return program.post("/quiz/rate", body, timeout=60).status_code

    with ThreadPoolExecutor(RATINGS) as pool:
        statuses = list(pool.map(rate, range(RATINGS)))
    reviews = list(Review.objects.order_by("reviewed_at"))
    card.refresh_from_db()
    assert set(statuses) <= {200, 201, 409}
    assert len(reviews) == sum(status < 300 for status in statuses) == card.reps
    for before, after in pairwise(reviews):
        assert (before.due_after, before.stability_after) == (after.due_before, after.stability_before)
