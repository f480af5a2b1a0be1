"""What the frame of every page shows."""

from typing import Any

from django.http import HttpRequest

from base.navigation import rail_links, section_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """`rail_links`: the sections of the site; `section`: the one that this page belongs to; `theme`: light or dark.

    An empty theme follows the system's.
    """
    theme = request.COOKIES.get("theme", "")
    return {
        "rail_links": rail_links(),
        "section": section_of(request.path),
        "theme": theme if theme in ("light", "dark") else "",
    }
