"""What counts as a word, and which forms are the same word."""

import pytest

from search.ranking.words import MAX_TOKEN, asks, codes, spans, surfaces, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Caroline went camping", ["carolin", "went", "camp"]),
        ("Café, naïve", ["cafe", "naiv"]),
        ("Größe Straße", ["gross", "strass"]),
        ("我明天去", ["我明", "明天", "天去"]),
        ("学 study", ["学", "studi"]),
        ("日本語のテスト", ["日本", "本語", "語の", "のテ", "テス", "スト"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("한국어", ["한국", "국어"]),
        ("книги", ["книг"]),
        ("הַסֵּפֶר", ["הספר"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("...", []),
    ],
)
def test_words_of_many_languages(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الكتاب", "كِتاب"),
        ("والمدرسة", "مدرسة"),
        ("STUDIES", "study"),
        ("ﬁle", "file"),
        ("Zellen", "Zelle"),
        ("Kindern", "Kinder"),
        ("größere", "Größe"),
        ("células", "célula"),
        ("contratos", "contrato"),
    ],
)
def test_forms_of_the_same_word(one: str, other: str) -> None:
    assert codes(one) == codes(other)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("get_user_name", ["get", "user", "name", "getusername"]),
        ("getUserName", ["get", "user", "name", "getusername"]),
        ("HTTPServer", ["http", "serv", "httpserver"]),
        ("chat/models.py", ["chat", "model", "py"]),
    ],
)
def test_an_identifier_is_found_by_its_parts_and_whole(identifier: str, expected: list[str]) -> None:
    assert words(identifier) == expected


def test_data_is_not_a_word() -> None:
    assert words(f"before {'x' * (MAX_TOKEN + 1)} after") == ["befor", "after"]


@pytest.mark.parametrize("text", ["Why?", "为什么？", "لماذا؟ ", "Why?\n"])
def test_a_question_mark_at_the_end_asks(text: str) -> None:
    assert asks(text)
    assert not asks(f"{text} Because.")


def test_the_surface_of_a_word_keeps_what_the_model_knows() -> None:
    assert surfaces("Größere Städte, camping") == {"gross": "größere", "stadt": "städte", "camp": "camping"}


@pytest.mark.parametrize(
    "text", ["Café cafe\u0301 get_user_name", "写Python的程序 学", "كِتَابٌ هنا", "ภาษาไทย", "HTTPServer"]
)
def test_the_places_of_words_have_the_words_of_the_text(text: str) -> None:
    found = list(spans(text))
    assert [stem for _start, _end, stems in found for stem in stems] == words(text)
    assert all(0 <= start < end <= len(text) for start, end, _stems in found)
