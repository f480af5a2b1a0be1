"""The operators of a search."""

import pytest

from search.ranking.query import Query, parse
from search.ranking.words import codes


def test_words_without_operators_are_searched_as_they_are() -> None:
    assert parse("the Krebs cycle") == Query("the Krebs cycle", [], [])


@pytest.mark.parametrize("typed", ['the "Krebs cycle"', "the “Krebs cycle”", "the „Krebs cycle“", "the «Krebs cycle»"])
def test_a_phrase_in_quotation_marks_is_required(typed: str) -> None:
    assert parse(typed).phrases == [codes("Krebs cycle")]


def test_a_word_after_a_dash_is_excluded() -> None:
    query = parse("cycle -bicycle")
    assert (query.text.split(), query.excluded) == (["cycle"], codes("bicycle"))


@pytest.mark.parametrize("typed", ['a lone " mark', '""', "a - b", "well-known", "-", '"..."'])
def test_what_is_no_operator_is_text(typed: str) -> None:
    assert parse(typed) == Query(typed, [], [])


def test_has_names_a_feature_that_results_must_or_must_not_have() -> None:
    query = parse("has:cards cycle -has:Notes has:wings", features={"cards", "notes"})
    assert (query.text.split(), query.has) == (["cycle", "has:wings"], {"cards": True, "notes": False})
    assert parse("has:cards").text == "has:cards"
