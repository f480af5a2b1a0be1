"""Values that JSON writes as text are accepted in the form that the OpenAPI document names, and in no other."""

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from base.api.values import Choice, Key, Moment


class Color(StrEnum):
    RED = "red"


class Grade(IntEnum):
    GOOD = 3


MOMENTS = {
    "2026-11-21T09:30:00Z": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    "2026-11-21t09:30:00.25z": datetime(2026, 11, 21, 9, 30, 0, 250_000, tzinfo=UTC),
    "2026-11-21T09:30:00+02:00": datetime(2026, 11, 21, 7, 30, tzinfo=UTC),
    "2016-12-31T23:59:60Z": datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),
    "0000-02-29T00:00:00Z": datetime(4, 2, 29, tzinfo=UTC),
    "0001-01-01T00:00:00+23:59": datetime(1, 1, 1, tzinfo=UTC),
    "9999-12-31T23:59:59-23:59": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}
KEY = "01a1fea7-713e-73f1-99e6-4d21b4049720"
NO_MOMENTS = [0, "0", "1700000000", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21 09:30:00Z", "2026-02-30T00:00:00Z"]


def rejects(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items())
def test_a_moment_of_rfc_3339_is_read_in_utc(text: str, moment: datetime) -> None:
    read = TypeAdapter(Moment).validate_python(text)
    assert read == moment
    assert read.tzinfo in (UTC, timezone(timedelta(0)))


@pytest.mark.parametrize("value", NO_MOMENTS)
def test_other_dates_and_times_are_rejected(value: object) -> None:
    assert rejects(Moment, value)


def test_only_the_usual_form_of_a_uuid_is_accepted() -> None:
    assert not rejects(Key, KEY)
    assert not rejects(Key, KEY.upper())
    assert rejects(Key, KEY.replace("-", ""))
    assert rejects(Key, f"{{{KEY}}}")
    assert rejects(Key, f"urn:uuid:{KEY}")


def test_a_choice_is_written_as_its_value_with_its_type() -> None:
    assert TypeAdapter(Choice[Color]).validate_python("red") is Color.RED
    assert TypeAdapter(Choice[Grade]).validate_python(3) is Grade.GOOD
    assert rejects(Choice[Color], "blue")
    assert rejects(Choice[Grade], "3")
    assert rejects(Choice[Grade], True)
