"""Filters for allauth's own pages: the `kind` of a component from the tags of an allauth button."""

from collections.abc import Sequence

from django import template

register = template.Library()

_DESTRUCTIVE = {"danger", "delete"}
_SECONDARY = {"secondary", "outline", "link", "panel"}


@register.filter
def button_kind(tags: Sequence[str]) -> str:
    """The `kind` of a `{% button %}`."""
    if _DESTRUCTIVE.intersection(tags):
        return "danger"
    return "" if _SECONDARY.intersection(tags) else "primary"


@register.filter
def link_kind(tags: Sequence[str]) -> str:
    """The `kind` of a `{% link_button %}`."""
    return "danger" if _DESTRUCTIVE.intersection(tags) else ""
