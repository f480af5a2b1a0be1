import pytest

from base.stop_words import STOP_WORDS, STOP_WORDS_BY_LANGUAGE


@pytest.mark.parametrize(
    ("language", "word"), [("english", "the"), ("german", "und"), ("french", "avec"), ("spanish", "como")]
)
def test_each_language_has_words_of_its_own(language: str, word: str) -> None:
    assert [name for name, words in STOP_WORDS_BY_LANGUAGE.items() if word in words] == [language]
    assert word in STOP_WORDS


def test_words_about_a_subject_are_not_stop_words() -> None:
    assert not STOP_WORDS & {"cell", "zelle", "cellule", "célula"}
