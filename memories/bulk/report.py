"""What became of the lines of one body."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LineError:
    """`number` counts all lines from 1. `detail` is a message for the user."""

    number: int
    detail: str


@dataclass(frozen=True)
class Report:
    """How many memories were created and updated, how many lines each project got by its name, and the errors."""

    created: int = 0
    updated: int = 0
    projects: dict[str, int] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)
