"""What the frame of every page shows: where the person is, and how much waits for review."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

MOST_SHOWN = 100
PLACES = {
    "search": "search",
    "cards": "cards",
    "review": "review",
    "progress": "progress",
    "settings": "settings",
    "accounts": "settings",
}


def frame(request: HttpRequest) -> dict[str, str | Callable[[], str]]:
    """`here`, the place in the rail, and `due_count`, asked of the database only by a page that shows it."""
    return {"here": PLACES.get(request.path.split("/")[1], "chat"), "due_count": lambda: due_count(request)}


def due_count(request: HttpRequest) -> str:
    """The cards that are due, never counted beyond 100 rows; empty when there are none."""
    if not request.user.is_authenticated:
        return ""
    due = request.user.cards.due(timezone.now())[:MOST_SHOWN].count()
    return "99+" if due >= MOST_SHOWN else str(due or "")
