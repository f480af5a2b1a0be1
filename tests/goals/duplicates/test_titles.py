import pytest

from goals.duplicates.titles import parse
from search.queries import words


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Learn to play the guitar", "play guitar"),
        ("Pass my organic chemistry exam", "organic chemistry"),
        ("Spanisch sprechen lernen", "spanisch"),
        ("学习日语", "日语"),
        ("Apprendre l'espagnol", "espagnol"),
        ("Learn C++", "c++"),
        ("Learn", "learn"),
        ("🎸", "🎸"),
    ],
)
def test_what_any_goal_may_say_is_left_out(title: str, subject: str) -> None:
    assert parse(title, stems=words).subject == subject


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Calculus II", {"2"}),
        ("The Second World War", {"2"}),
        ("Spanish B2", {"b2"}),
        ("Security+ SY0-701", {"sy0701"}),
        ("Campbell Biology 11th edition", {"11"}),
        ("Führerschein Klasse A", {"a"}),
        ("الفيزياء ٢", {"2"}),
        ("Speaking French when I travel", set()),
        ("I want to learn C", set()),
        ("Learn Spanish in 30 days", set()),
    ],
)
def test_numbers_are_read_as_they_are_written(title: str, numbers: set[str]) -> None:
    assert parse(title, stems=words).numbers == numbers


def test_languages_and_levels_are_the_same_in_every_language() -> None:
    titles = [parse(title, stems=words) for title in ("English for beginners", "Inglés básico", "英语入门")]
    assert {title.languages for title in titles} == {frozenset({"en"})}
    assert {title.levels for title in titles} == {frozenset({"beginner"})}
    assert len({tuple(title.words) for title in titles}) == 1
