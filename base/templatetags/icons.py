"""`{% icon "search" %}`: a lucide icon inline, as decoration; the word beside it or the button's label is its name."""

from functools import cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 20) -> SafeString:
    """Cached: a page has twenty, and lucide takes each out of a zip and through an XML parser."""
    return SafeString(lucide(name, size=size, stroke_width="1.5", aria_hidden="true"))
