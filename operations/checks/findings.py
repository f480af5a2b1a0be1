"""What a check of the system is, and what it finds. `manage.py doctor` and `/api/health` show the findings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """A warning is for a risk or a part that works badly, a failure for something that does not work."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """`message` says what was found, and `advice` what to do about it. `figures` are the values behind it, by name."""

    level: Level
    message: str
    advice: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One part of the system. `run` starts and changes nothing; what it raises is reported as a failure.

    `needs` names checks that must pass, without a warning, or the doctor skips this one. `seconds`: how long it waits.
    `fresh_for`: the seconds for which health repeats a result, for calls to other servers.
    """

    name: str
    run: Callable[[], Sequence[Finding]]
    needs: tuple[str, ...] = ()
    seconds: float = 5.0
    fresh_for: float = 0.0


def ok(message: str, **figures: Any) -> Finding:
    return Finding(Level.OK, message, "", figures)


def warning(message: str, advice: str, **figures: Any) -> Finding:
    return Finding(Level.WARNING, message, advice, figures)


def failure(message: str, advice: str, **figures: Any) -> Finding:
    return Finding(Level.FAILURE, message, advice, figures)


def worst(findings: Sequence[Finding]) -> Level:
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.FAILURE, Level.WARNING) if level in levels), Level.OK)
