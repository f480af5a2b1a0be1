from datetime import timedelta

import pytest

from quiz.scheduling.interval_labels import interval_label


@pytest.mark.parametrize(
    ("interval", "label"),
    [
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(minutes=59, seconds=45), "1 h"),
        (timedelta(hours=23), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=30), "30 d"),
        (timedelta(days=37), "1.2 mo"),
        (timedelta(days=366), "1 y"),
        (timedelta(days=498), "1.4 y"),
    ],
)
def test_labels_are_short(interval: timedelta, label: str) -> None:
    assert interval_label(interval) == label
