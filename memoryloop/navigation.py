"""What the frame of every page shows: where the person is."""

from django.http import HttpRequest

PLACES = {
    "search": "search",
    "cards": "cards",
    "review": "review",
    "progress": "progress",
    "settings": "settings",
    "accounts": "settings",
}


def frame(request: HttpRequest) -> dict[str, str]:
    """`here`: the place in the rail that this page belongs to."""
    return {"here": PLACES.get(request.path.split("/")[1], "chat")}
