"""The user's days: they start at an hour of the user's choice, in the user's time zone, usually after midnight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Calendar:
    """Converts between instants and the user's days."""

    zone: ZoneInfo
    start_hour: int

    def day_of(self, at: datetime) -> date:
        """The day that `at` belongs to: if days start at 4, 3:59 still belongs to the day before."""
        local_time = at.astimezone(self.zone).replace(tzinfo=None)
        return (local_time - timedelta(hours=self.start_hour)).date()

    def start_of(self, day: date) -> datetime:
        """The instant at which the day begins, in UTC."""
        return datetime(day.year, day.month, day.day, self.start_hour, tzinfo=self.zone).astimezone(UTC)

    def end_of(self, at: datetime) -> datetime:
        """The instant at which the day of `at` ends, in UTC."""
        return self.start_of(self.day_of(at) + timedelta(days=1))

    def days_between(self, earlier: datetime, later: datetime) -> int:
        """How many days have begun between the instants; 0 if the clock was set back."""
        return max(0, (self.day_of(later) - self.day_of(earlier)).days)
