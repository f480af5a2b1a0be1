from uuid import uuid4

import pytest

from base.errors import TooMany
from base.quotas.rates import RateLimit


def test_what_is_too_much_in_a_minute_is_refused_and_the_error_says_how_long_to_wait() -> None:
    rate, alice = RateLimit(TooMany), uuid4()
    for at in (0.0, 10.0, 20.0):
        rate.count(alice, limit=3, at=at)
    with pytest.raises(TooMany) as raised:
        rate.count(alice, limit=3, at=30.5)
    assert raised.value.retry_after == 30
    rate.count(uuid4(), limit=3, at=30.5)


def test_nothing_is_kept_of_users_who_did_nothing_for_a_minute() -> None:
    rate = RateLimit(TooMany)
    for number in range(1000):
        rate.count(uuid4(), limit=2, at=float(number))
    assert len(rate._times) == 60


def test_the_count_moves_with_the_time() -> None:
    rate, alice = RateLimit(TooMany), uuid4()
    for at in (0.0, 10.0, 60.0, 70.0):
        rate.count(alice, limit=2, at=at)
    with pytest.raises(TooMany):
        rate.count(alice, limit=2, at=119.0)
    rate.count(alice, limit=2, at=120.0)
