"""Intervals as text, short enough for a button."""

from datetime import timedelta
from functools import lru_cache

from django.utils.formats import localize
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY, MONTH, YEAR = 60, 3_600, 86_400, 2_629_800, 31_557_600


def interval_label(interval: timedelta) -> str:
    """A label such as "45 s", "10 min", "2 d", "1.2 mo", "3 y": the unit that keeps the number short."""
    return _label(interval.total_seconds(), get_language())


@lru_cache(maxsize=4096)
def _label(seconds: float, language: str | None) -> str:
    """The label in the active language. A queue of 20 cards shows 80 of them, and localizing each takes 20 µs."""
    if seconds < MINUTE:
        return _("%(number)s s") % {"number": round(seconds)}
    if seconds < HOUR - MINUTE / 2:
        return _("%(number)s min") % {"number": round(seconds / MINUTE)}
    if seconds < DAY - HOUR / 2:
        return _("%(number)s h") % {"number": round(seconds / HOUR)}
    if seconds < MONTH:
        return _("%(number)s d") % {"number": round(seconds / DAY)}
    if seconds < YEAR:
        return _("%(number)s mo") % {"number": _short(seconds / MONTH)}
    return _("%(number)s y") % {"number": _short(seconds / YEAR)}


def _short(number: float) -> str:
    rounded = round(number, 1)
    return str(localize(int(rounded) if rounded == int(rounded) else rounded))
