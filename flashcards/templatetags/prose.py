"""`{{ card.faces.front|prose }}`: what a card says as safe HTML; `|without_gaps`: a sentence as one reads it."""

from django import template
from django.utils.safestring import SafeString

from flashcards import cloze
from memoryloop.rendering import render_markdown

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def without_gaps(text: str) -> str:
    """A sentence with gaps as one reads it."""
    return cloze.plain(text)
