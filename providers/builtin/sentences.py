"""Splitting text into sentences and words, in any script, without a language model."""

import re

from base.stop_words import STOP_WORDS
from providers.builtin.stemming import DEFAULT_LANGUAGE, stem

FENCE = re.compile(r"\s{0,3}(```|~~~)")
LIST_MARK = re.compile(r"^\s*(?:[-*+•>]|#{1,6}|\d{1,3}[.)])\s+")
EMPHASIS = re.compile(r"(\*\*|__|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w))")
# Bounded: otherwise each of 100,000 opening brackets would be matched against the rest of the text.
LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
HTML_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
# Citation numbers refer to the sources of their own answer; quoted in another answer they would be wrong.
CITATION = re.compile(r"(?:(?<=[.!?,;:])|\s)\[\d{1,3}\]")
# A full stop ends a sentence if the next word can start one; CJK full stops need no space after them.
SENTENCE_END = re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+(?=["'“‘(\[]?[^\Wa-z_])|(?<=[。！？])\s*""")
# "etc." is left out on purpose: a sentence usually ends there.
ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|Eq|z\.B|bzw)|\b[A-Z])\.$")
MAX_ABBREVIATION_LENGTH = 12  # with the character before it
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def sentences(text: str) -> list[str]:
    """The sentences of prose, lists and headings, without Markdown markup and code blocks."""
    parts: list[str] = []
    fence = ""
    for line in text.splitlines():
        if mark := FENCE.match(line):
            fence = "" if fence == mark[1] else fence or mark[1]
        elif not fence:
            parts.extend(_split_line(strip_markdown(LIST_MARK.sub("", line))))
    return parts


def strip_markdown(line: str) -> str:
    """One line without Markdown markup, HTML tags, citations and repeated spaces."""
    bare = CITATION.sub("", EMPHASIS.sub("", LINK.sub(r"\1", HTML_TAG.sub("", line))))
    return re.sub(r"\s+", " ", bare).strip()


def _split_line(line: str) -> list[str]:
    found: list[list[str]] = []  # the parts of each sentence
    for part in SENTENCE_END.split(line):
        if found and ABBREVIATED.search(found[-1][-1][-MAX_ABBREVIATION_LENGTH:]):
            found[-1].append(part)
        elif part.strip():
            found.append([part.strip()])
    return [" ".join(parts) for parts in found]


def words(text: str) -> list[str]:
    """Every word as written, in order."""
    return WORD.findall(text)


def keywords(text: str, language: str = DEFAULT_LANGUAGE) -> list[str]:
    """The words that carry meaning, in order, as lower-case stems; pairs of characters in scripts without spaces."""
    result: list[str] = []
    for word in WORD.findall(text.casefold()):
        if UNSPACED.search(word):
            result.extend(word[start : start + 2] for start in range(max(1, len(word) - 1)))
        elif word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            result.append(stem(word, language))
    return result
