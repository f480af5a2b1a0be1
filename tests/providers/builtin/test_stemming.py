from concurrent.futures import ThreadPoolExecutor

import pytest

from providers.builtin.stemming import language_of, stem


@pytest.mark.parametrize(("one", "other"), [("cells", "cell"), ("scheduling", "schedule"), ("divides", "divided")])
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("english", "theories", "theory"),
        ("german", "häuser", "haus"),
        ("french", "chevaux", "cheval"),
        ("spanish", "reacciones", "reacción"),
    ],
)
def test_each_language_has_its_own_endings(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Which process turns light into energy?", "english"),
        ("Was ist die kleinste Einheit?", "german"),
        ("Quel est l'effet d'une enzyme ?", "french"),
        ("¿En qué transforma la planta el agua?", "spanish"),
        ("Photosynthesis 1789", "english"),
        ("", "english"),
    ],
)
def test_the_language_is_that_of_the_stop_words(sentence: str, language: str) -> None:
    assert language_of([sentence]) == language


def test_the_next_text_decides_if_the_first_is_unclear() -> None:
    assert language_of(["Mitose?"], ["Die Zelle ist eine Einheit."]) == "german"


def test_threads_do_not_disturb_each_other() -> None:
    words = ["reactions", "hypotheses", "scheduling", "divided"] * 500
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stem, words)) == [stem(word) for word in words]
