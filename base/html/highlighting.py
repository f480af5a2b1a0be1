"""Marking search words in a text."""

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from base.stop_words import STOP_WORDS
from base.text import storable

MAX_WORDS = 40


def highlight(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with each of `words` inside `<mark>`. In scripts with case, words match at a word's start."""
    text = storable(text)
    words = [word for word in words[:MAX_WORDS] if word.strip()]
    # Stop words are marked only if the search consists of nothing else: "the" in every line would hide the others.
    marked = [word for word in words if word.lower() not in STOP_WORDS] or words
    patterns = [_pattern(word) for word in sorted(marked, key=len, reverse=True)]
    if not patterns:
        return escape(text)
    pieces = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    # re.split with one group alternates: text, match, text, match, …
    return format_html_join(
        "", "{}{}", ((piece, _mark(match)) for piece, match in zip(pieces[::2], [*pieces[1::2], ""], strict=True))
    )


def _mark(match: str) -> SafeString:
    return format_html("<mark>{}</mark>", match) if match else SafeString()


def _pattern(word: str) -> str:
    pattern = re.escape(storable(word.strip()))
    if word.lower() == word.upper():
        return pattern  # a script without case, such as Chinese, often has no spaces between words either
    ending = r"(?:\w{1,3}(?!\w))?" if len(word) > 3 else ""  # "cell" marks all of "cells"
    return rf"(?<!\w){pattern}{ending}"
