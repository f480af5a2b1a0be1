"""What the title of a goal is about: its subject, and the numbers, levels and languages that it names. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from base.stop_words import STOP_WORDS
from goals.duplicates.lexicon import (
    FILLERS_BY_LANGUAGE,
    LEVELS,
    NAMES_OF_LANGUAGES,
    NUMBERS,
    SHORT_FORMS,
    TIME_UNITS,
    UNSPACED_FILLERS,
)

Stems = Callable[[str], list[str]]

# C++ and C# keep their signs. Security+ does not: it is as often written without.
_TOKEN = re.compile(r"[^\W_]+(?:(?<=\b[a-z])[+#]+(?!\w))?")
_CODE = re.compile(r"\b([a-z]+\d*)-(?=\d)")  # SY0-701, AZ-900
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_APOSTROPHE = re.compile(r"\b[dl]['’](?=\w)|['’]s?\b")
_COUNTRIES = ((re.compile(r"\b(?:USA?|U\.S\.)(?!\w)"), "american"), (re.compile(r"\b(?:UK|U\.K\.)(?!\w)"), "british"))


@dataclass(frozen=True)
class Title:
    """What a title says, without the words that any goal may have.

    `words` has each stem of the subject with its word. `numbers` also has what tells members of a series apart: 2 for
    II, A1, N3, SY0701.
    """

    words: Mapping[str, str]
    numbers: frozenset[str]
    levels: frozenset[str]
    languages: frozenset[str]

    @property
    def subject(self) -> str:
        return " ".join(dict.fromkeys(self.words.values()))


def parse(title: str, *, stems: Stems) -> Title:
    """`stems` returns the stems of a text's words, in any language."""
    for pattern, country in _COUNTRIES:
        title = pattern.sub(country, title)
    text = _CODE.sub(r"\1", _APOSTROPHE.sub(" ", _normalized(title)))
    found = set(_UNSPACED_TERMS.findall(text))
    tokens = _TOKEN.findall(_UNSPACED_TERMS.sub(" ", text))
    numbers = dict(_numbers(tokens))
    subject = [
        token
        for index, token in enumerate(tokens)
        if index not in numbers and token not in _NOT_SUBJECT and not (token in _TIME_UNITS and index - 1 in numbers)
    ]
    named = {_LANGUAGES[term] for term in {*found, *tokens} & _LANGUAGES.keys()}
    levels = {_LEVELS[term] for term in {*found, *tokens} & _LEVELS.keys()}
    words = {stem: word for word in (subject if subject or named else tokens) for stem in _stems_of(word, stems)}
    unspaced = {_LANGUAGES[term]: term for term in found & _LANGUAGES.keys()}
    known = frozenset(number for number in numbers.values() if number)
    return Title({**words, **unspaced} or {text: text}, known, frozenset(levels), frozenset(named))


def _stems_of(word: str, stems: Stems) -> Iterator[str]:
    if word in _LANGUAGES:
        yield _LANGUAGES[word]
    elif word.endswith(("+", "#")):
        yield word
    else:
        yield from stems(SHORT_FORMS.get(word, word))


def _numbers(tokens: list[str]) -> Iterator[tuple[int, str]]:
    """The numbers by their places; an amount of time, such as the 30 of "30 days", is empty."""
    for index, token in enumerate(tokens):
        ordinal = _ORDINAL.fullmatch(token)
        if ordinal:
            yield index, ordinal[1]
        elif token.isdecimal():
            is_amount = index + 1 < len(tokens) and tokens[index + 1] in _TIME_UNITS
            yield index, "" if is_amount else _plain(token)
        elif any(character.isdecimal() for character in token):
            yield index, token
        elif len(token) == 1 and (index == 0 or tokens[index - 1] in _NOT_SUBJECT):
            continue  # the I of "when I travel", the C of "learn C"
        elif token in _NUMBERS:
            yield index, _NUMBERS[token]
        elif len(token) == 1 and index + 1 == len(tokens) and token.isascii():
            yield index, token  # the B of "Class B"


def _plain(number: str) -> str:
    """In ASCII digits, without zeros at its beginning."""
    return "".join(str(unicodedata.digit(digit)) for digit in number).lstrip("0") or "0"


def _normalized(text: str) -> str:
    """Lower case, and Latin letters without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", re.sub("(?<=[a-z])[\u0300-\u036f]+", "", decomposed))


def _by_word(entries: Mapping[str, str]) -> dict[str, str]:
    return {_normalized(word): meaning for meaning, words in entries.items() for word in words.split()}


def _normalized_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_normalized(word) for text in texts for word in text.split())


_LANGUAGES, _LEVELS, _NUMBERS = _by_word(NAMES_OF_LANGUAGES), _by_word(LEVELS), _by_word(NUMBERS)
_TIME_UNITS = _normalized_words([TIME_UNITS])
_STOPS = _normalized_words(STOP_WORDS)
_NOT_SUBJECT = _STOPS | _normalized_words(FILLERS_BY_LANGUAGE.values()) | _LEVELS.keys()
# Scripts without spaces: these terms are found inside a run of characters, the longest first.
_UNSPACED_TERMS = re.compile(
    "|".join(
        sorted(
            (term for term in {*_LANGUAGES, *_LEVELS, *UNSPACED_FILLERS.split()} if _UNSPACED.match(term)),
            key=len,
            reverse=True,
        )
    )
)
