"""Template variables of every page."""

from typing import Any

from django.http import HttpRequest

from base.navigation import rail_links, section_of


def site_layout(request: HttpRequest) -> dict[str, Any]:
    """`rail_links`: links to the sections of the site, `search_link`: the one to search. `section`: that of this page.

    `theme`: light or dark; an empty theme means the theme of the user's system.
    """
    theme = request.COOKIES.get("theme", "")
    links = rail_links()
    return {
        "rail_links": links,
        "search_link": next((link for link in links if link.section == "search"), None),
        "section": section_of(request.path),
        "theme": theme if theme in ("light", "dark") else "",
    }
