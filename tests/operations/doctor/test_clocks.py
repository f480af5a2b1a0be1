"""Clock skew is found whichever of the clocks is wrong."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from operations.doctor.clocks import clocks

pytestmark = pytest.mark.django_db(transaction=True)


def test_clocks_that_agree_pass() -> None:
    assert [finding.level for finding in clocks()] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("skew", "level", "words"), [(3, "warning", "3.0 s behind"), (-15, "failure", "15.0 s ahead of")]
)
def test_a_wrong_clock_of_this_host_is_found_with_its_direction(skew: int, level: str, words: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=skew, milliseconds=1 if skew > 0 else -1), tick=True):
        found = clocks()
    assert [finding.level for finding in found] == [level, level]
    assert all(words in finding.message and "NTP" in finding.advice for finding in found)
