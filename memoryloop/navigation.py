"""What the frame of every page shows of a person's day."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

MOST_SHOWN = 100


def due_count(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """`due_count` for templates: asked of the database only by a page that shows it, and never beyond 100 rows."""

    def count() -> str:
        if not request.user.is_authenticated:
            return ""
        due = request.user.cards.due(timezone.now())[:MOST_SHOWN].count()
        return "99+" if due >= MOST_SHOWN else str(due or "")

    return {"due_count": count}
