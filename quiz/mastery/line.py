"""The line of mastery over time, for an SVG. Days that were not recorded are bridged by a straight line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, MARGIN = 600, 120, 4


@dataclass(frozen=True)
class MasteryPoint:
    """The mastery of a goal on one day, between 0 and 1."""

    day: date
    mastery: float

    @property
    def percent(self) -> int:
        return round(100 * self.mastery)


@dataclass(frozen=True)
class Line:
    """`points` of a polyline in a view box of `width` by `height`, and the last of them as `end_x` and `end_y`."""

    points: str
    end_x: float
    end_y: float
    width: int = WIDTH
    height: int = HEIGHT


def line_through(history: Sequence[MasteryPoint]) -> Line:
    """The line through at least one point: 0 % is at the bottom, 100 % at the top, and the last day at the right."""
    days = max(1, (history[-1].day - history[0].day).days)

    def place(point: MasteryPoint) -> tuple[float, float]:
        from_the_right = (history[-1].day - point.day).days / days
        x = MARGIN + (WIDTH - 2 * MARGIN) * (1 - from_the_right)
        return round(x, 1), round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * point.mastery, 1)

    places = [place(point) for point in history]
    return Line(" ".join(f"{x},{y}" for x, y in places), *places[-1])
