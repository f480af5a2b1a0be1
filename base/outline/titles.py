"""One line of text as a title: without markup, HTML, and characters that only format."""

import re
import unicodedata

from base.text import storable

# The lengths are bounded: otherwise each of many opening characters would be matched against the rest of the text.
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,300}>[^<]{0,2000}(?:</\1\s{0,5}>|$)", re.IGNORECASE)
# Only the elements of HTML: "List<String>" is a title. An attribute needs a space before it.
_ELEMENTS = (
    "a|abbr|b|base|blockquote|body|br|button|center|code|dd|del|div|dl|dt|em|embed|font|footer|form|h[1-6]|head|header|"
    "hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|math|meta|nav|object|ol|option|p|pre|s|script|section|"
    "select|small|span|strong|style|sub|sup|svg|table|tbody|td|textarea|th|thead|title|tr|tt|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:[\s/][^<>]{{0,500}})?>|<!--[^<>]{{0,500}}-->", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")


def clean_title(text: str) -> str:
    """The text on one line, without Markdown, HTML tags, invisible characters and a colon at the end."""
    text = _LINK.sub(r"\1", _TAG.sub(" ", _SCRIPT.sub(" ", storable(text))))
    return clean_text(_EMPHASIS.sub("", text)).strip(" :\uff1a").strip()


def clean_text(text: str) -> str:
    """The text on one line, without control characters and those that reorder the text around them."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text if not _only_formats(char))
    return " ".join(visible.split())


def _only_formats(char: str) -> bool:
    # Joiners are part of words in Persian and in Indic scripts, and of emoji.
    return char not in "\u200c\u200d" and unicodedata.category(char) == "Cf"
