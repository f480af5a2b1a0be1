"""The words of a text: the same for what is stored and for what is asked, in every language.

A word is stored as the CRC-32 of its stem. Two words of one owner that share a code are one in a million.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import local
from zlib import crc32

import Stemmer

# Marks above and below letters of Latin, Greek, Cyrillic, Hebrew and Arabic, which many writers leave out. Elsewhere,
# as in Thai and Hindi, marks are vowels.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_VOWEL_SIGNS = "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3"
_TOKEN = re.compile(rf"(?:[^\W_]|[{_VOWEL_SIGNS}])+(?:_+(?:[^\W_]|[{_VOWEL_SIGNS}])+)*")
# The same before marks are removed: an accent may be a character of its own.
_MARKED_TOKEN = re.compile(rf"(?:[^\W_]|{_MARKS.pattern}|[{_VOWEL_SIGNS}])+(?:_+(?:[^\W_]|{_MARKS.pattern})+)*")
# Where an identifier consists of several words: snake_case, camelCase, HTTPServer.
_PARTS = re.compile(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Han, Kana, Hangul, Thai, Lao, Burmese and Khmer are written without spaces, or with many endings: pairs of characters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+"
)
_QUESTION_MARKS = ("?", "\uff1f", "\u061f")  # Latin, Chinese and Japanese, Arabic
_ARABIC_PREFIX = re.compile(
    "^(?:\u0648|\u0641)?(?:\u0627\u0644|\u0628\u0627\u0644|\u0643\u0627\u0644|\u0644\u0644)(?=...)"
)
# What the English stemmer leaves of plurals, genders and cases in German, Dutch, Spanish and French.
_ENDINGS = re.compile("(?<=[a-z]{4})(?:ern|en|er|em|es|as|os|e|(?<!s)s|a|o)$")

MAX_TOKEN = 64  # characters; a longer run is data, such as a key or a picture in base64

_stemmers = local()  # a stemmer must not be used by two threads


def words(text: str) -> list[str]:
    """The stems of the text's words in order, with repeats. An identifier gives its parts, and itself."""
    found: list[str] = []
    for match in _TOKEN.finditer(_without_marks(text)):
        if len(match[0]) <= MAX_TOKEN or _UNSPACED.search(match[0]):
            found.extend(_stems(match[0]))
    return found


def codes(text: str) -> list[int]:
    """The codes of the text's words, in order, with repeats: 32 bits each."""
    return [code(word) for word in words(text)]


@lru_cache(maxsize=1 << 16)
def code(word: str) -> int:
    return crc32(word.encode())


def asks(text: str) -> bool:
    """Whether the text ends as a question, in which answers are rarely found."""
    return text.rstrip().endswith(_QUESTION_MARKS)


def surfaces(text: str) -> dict[str, str]:
    """Each word of the text with the first form in which it was written, for a model that knows whole words."""
    forms: dict[str, str] = {}
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        for form in _forms(match[0]):
            for stem in _stems(_without_marks(form)):
                forms.setdefault(stem, form)
    return forms


def spans(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where each word begins and ends, with its stems. In scripts without spaces, each pair of characters."""
    for match in _MARKED_TOKEN.finditer(text):
        for start, end in _pieces(match[0]):
            if end - start <= MAX_TOKEN:
                at = match.start()
                yield at + start, at + end, tuple(words(match[0][start:end]))


def _pieces(token: str) -> Iterator[tuple[int, int]]:
    """The parts of a token: each pair of characters of a run without spaces, and what is between such runs."""
    position = 0
    for run in () if token.isascii() else _UNSPACED.finditer(token):
        if run.start() > position:
            yield position, run.start()
        last = max(run.end() - 1, run.start() + 1)
        yield from ((start, min(start + 2, run.end())) for start in range(run.start(), last))
        position = run.end()
    if position < len(token):
        yield position, len(token)


def _forms(token: str) -> Iterator[str]:
    """The token's parts as a reader sees them; a run of unspaced characters by its pairs."""
    for part in _PARTS.split(token):
        yield from (_pairs(part) if _UNSPACED.fullmatch(part) else [part.lower()])


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))


@lru_cache(maxsize=1 << 16)
def _stems(token: str) -> tuple[str, ...]:
    parts = [part for part in _PARTS.split(token) if part]
    stems = [stem for part in parts for stem in _stems_of_part(part.casefold())]
    return (*stems, "".join(parts).casefold()) if len(parts) > 1 else tuple(stems)


def _stems_of_part(part: str) -> Iterator[str]:
    position = 0
    for run in _UNSPACED.finditer(part):
        if run.start() > position:
            yield _stem(part[position : run.start()])
        yield from _pairs(run[0])
        position = run.end()
    if position < len(part):
        yield _stem(part[position:])


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def _stem(word: str) -> str:
    if word.isascii():
        return _ENDINGS.sub("", str(_stemmer("english").stemWord(word)))
    first = word[0]
    if "\u0400" <= first <= "\u04ff":
        return str(_stemmer("russian").stemWord(word))
    if "\u0600" <= first <= "\u06ff":
        return str(_stemmer("arabic").stemWord(_ARABIC_PREFIX.sub("", word)))
    if "\u0370" <= first <= "\u03ff":
        return str(_stemmer("greek").stemWord(word))
    return word


def _stemmer(language: str) -> "Stemmer.Stemmer":
    if not hasattr(_stemmers, language):
        setattr(_stemmers, language, Stemmer.Stemmer(language))
    return getattr(_stemmers, language)
