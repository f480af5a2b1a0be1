"""Template variables of every page."""

from typing import Any

from django.http import HttpRequest

from base.navigation import rail_links, section_of


def site_layout(request: HttpRequest) -> dict[str, Any]:
    """`rail_links`: links to the sections of the site. `section`: the section of this page. `theme`: light or dark.

    An empty theme means the theme of the user's system.
    """
    theme = request.COOKIES.get("theme", "")
    return {
        "rail_links": rail_links(),
        "section": section_of(request.path),
        "theme": theme if theme in ("light", "dark") else "",
    }
