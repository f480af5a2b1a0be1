from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.scheduling.calendar import Calendar

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo")
calendars = st.builds(Calendar, st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23))


@pytest.mark.parametrize(
    ("zone", "hour", "at", "day"),
    [
        ("UTC", 4, "2026-03-10T03:59:59+00:00", "2026-03-09"),
        ("UTC", 4, "2026-03-10T04:00:00+00:00", "2026-03-10"),
        ("America/New_York", 4, "2026-01-10T08:59:00+00:00", "2026-01-09"),
        ("Asia/Kathmandu", 0, "2026-01-09T18:15:00+00:00", "2026-01-10"),
        ("Europe/Berlin", 2, "2026-03-29T01:00:00+00:00", "2026-03-29"),  # 2:00 does not exist on this day
        ("Europe/Berlin", 2, "2026-03-29T00:59:00+00:00", "2026-03-28"),
    ],
)
def test_an_instant_belongs_to_a_day_by_zone_and_start_hour(zone: str, hour: int, at: str, day: str) -> None:
    assert Calendar(ZoneInfo(zone), hour).day_of(datetime.fromisoformat(at)) == date.fromisoformat(day)


@given(calendars, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_day_includes_its_first_instant_and_not_the_one_before(calendar: Calendar, day: date) -> None:
    start = calendar.start_of(day)
    assert calendar.day_of(start) == day
    assert calendar.day_of(start - timedelta(microseconds=1)) < day


@given(
    calendars,
    st.integers(0, 500_000).map(lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=21 * hours)),
)
def test_the_end_of_a_day_is_at_most_26_hours_ahead(calendar: Calendar, at: datetime) -> None:
    assert at < calendar.end_of(at) <= at + timedelta(hours=26)


def test_no_days_are_counted_when_the_clock_was_set_back() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert Calendar(ZoneInfo("UTC"), 4).days_between(at, at - timedelta(days=3)) == 0
