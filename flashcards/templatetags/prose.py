"""`{{ card.faces.front|prose }}`: what a card says as safe HTML; `|one_line`: its words alone."""

from html import unescape

from django import template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from flashcards import cloze
from memoryloop.rendering import render_markdown

LONGEST_LINE = 1_000  # characters; a list shows its first words only

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def one_line(text: str) -> str:
    """The words as one reads them, without gaps and Markdown's marks."""
    return " ".join(unescape(strip_tags(render_markdown(cloze.plain(text)[:LONGEST_LINE]))).split())
