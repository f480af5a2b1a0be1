"""`{{ card.sides.front|prose }}`: Markdown that a user or a model wrote, as safe HTML."""

from django import template
from django.utils.safestring import SafeString

from base.html.markdown import render_markdown

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    return render_markdown(text)
