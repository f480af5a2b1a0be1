"""`{% icon "search" %}`: an inline lucide icon. It is decorative; text or a label beside it has its meaning."""

from functools import cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 20) -> SafeString:
    """Cached, because a page has twenty icons and lucide reads each from a zip file and parses its XML."""
    return SafeString(lucide(name, size=size, stroke_width="1.5", aria_hidden="true"))
