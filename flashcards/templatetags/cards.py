"""`{{ card.question|one_line }}`: what a card says as plain text, for lists."""

from html import unescape

from django import template
from django.utils.html import strip_tags

from base.markdown import render_markdown
from flashcards.content import cloze

LONGEST_LINE = 1_000  # characters; a list shows the first words only

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """The words without cloze marks and Markdown."""
    return " ".join(unescape(strip_tags(render_markdown(cloze.plain(text)[:LONGEST_LINE]))).split())
