"""What the frame of every page shows."""

from typing import Any

from django.http import HttpRequest

from base.navigation import rail_links, section_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """`rail_links`: the sections of the site; `section`: the one that this page belongs to."""
    return {"rail_links": rail_links(), "section": section_of(request.path)}
