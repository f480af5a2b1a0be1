"""The text of cards as one line of plain text, for lists."""

from html import unescape

from django import template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from base.html.markdown import render_markdown
from base.html.plain_text import plain_text
from flashcards.content import cloze
from flashcards.models import Card, CardKind
from search.joint_search import SearchResult

MAX_LINE_LENGTH = 1_000  # characters; lists cut it much shorter
MAX_TITLE_LENGTH = 140

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """The text without Markdown and cloze markup."""
    return " ".join(unescape(strip_tags(render_markdown(cloze.strip_markup(text)[:MAX_LINE_LENGTH]))).split())


@register.simple_tag
def card_snippet(result: SearchResult) -> SafeString:
    """The answer of a card that was found, with the words of the query marked."""
    card: Card = result.row
    return result.marker.snippet(plain_text(cloze.strip_markup(card.sides.back)))


@register.simple_tag
def card_heading(result: SearchResult) -> SafeString:
    """The title of a card that was found, with the words of the query marked."""
    return result.marker.snippet(card_title(result.row))


@register.filter
def card_title(card: Card) -> str:
    """The card's question in a list; a cloze is shown with its gaps filled in."""
    question = card.question if card.kind == CardKind.CLOZE else card.sides.front
    return Truncator(one_line(question)).chars(MAX_TITLE_LENGTH)
