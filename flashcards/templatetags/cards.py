"""`{{ card.question|one_line }}`: the text of a card as one line of plain text, for lists."""

from html import unescape

from django import template
from django.utils.html import strip_tags

from base.html.markdown import render_markdown
from flashcards.content import cloze

LONGEST_LINE = 1_000  # characters; lists cut it much shorter

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """The text without cloze marks and Markdown."""
    return " ".join(unescape(strip_tags(render_markdown(cloze.plain(text)[:LONGEST_LINE]))).split())
