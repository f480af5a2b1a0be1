"""Types for request fields and parameters that JSON has no type for, as strict as the OpenAPI document."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Strict, ValidatorFunctionWrapHandler, WrapValidator

Value = TypeVar("Value")

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _hyphenated(value: Any) -> Any:
    """Reject the other forms that UUID() accepts: with braces, with `urn:`, without hyphens."""
    if isinstance(value, str) and not _UUID.fullmatch(value):
        raise ValueError("Input should be a UUID such as 01a1fea7-713e-73f1-99e6-4d21b4049720")
    return value


def _rfc_3339(value: Any) -> Any:
    """Reject the other forms that pydantic accepts: seconds since 1970, or a space instead of the T."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("Input should be a date and time such as 2026-11-21T09:30:00Z")
    # Python has no leap seconds and no year 0. Year 4 stands for year 0, because both are leap years.
    return re.sub(r"^0000", "0004", re.sub(r":60(?=\D)", ":59", value))


def _iso_day(value: Any) -> Any:
    """Reject the other forms that pydantic accepts: a date with a time, and seconds since 1970."""
    if not isinstance(value, str | date) or (isinstance(value, str) and not _DAY.fullmatch(value)):
        raise ValueError("Input should be a date such as 2026-11-21")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # within a day of the first or last moment of Python's calendar
        return value.replace(tzinfo=UTC)


def _same_type(value: Any, to_member: ValidatorFunctionWrapHandler) -> Any:
    """Reject what equals a member's value but has another JSON type: "3" or true for a number."""
    member = to_member(value)
    if type(value) is not type(member.value):
        raise ValueError(f"Input should be of the type of {member.value!r}")
    return member


# A moment as RFC 3339 writes it, with its offset. The value is in UTC.
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_rfc_3339), AfterValidator(_in_utc)]
# A day without a time zone.
Day = Annotated[date, Strict(False), BeforeValidator(_iso_day)]
Key = Annotated[UUID, Strict(False), BeforeValidator(_hyphenated)]
# `Choice[SomeEnum]` is a member of the enum, written as its value.
Choice = Annotated[Value, Strict(False), WrapValidator(_same_type)]
