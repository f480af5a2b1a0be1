"""The scores of rows: what changes them, and what must not."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from search.arrays import Array, Vector
from search.ranking.scoring import QUESTION_FACTOR, Question, Rows, Word, rarity, score, shared_words, similarity
from search.ranking.words import asks, codes

WIDTH = 8
SUBJECTS = ["salt", "bread", "rivers", "kings", "cells"]


def vector(seed: str) -> Vector:
    values = np.random.default_rng(len(seed) * 7 + ord(seed[0])).standard_normal(WIDTH).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values))


def rows(texts: Sequence[str], groups: Sequence[int] | None = None) -> Rows:
    words = [codes(text) for text in texts]
    return Rows(
        codes=np.array([code for row in words for code in row], dtype=np.uint32),
        starts=np.cumsum([0, *(len(row) for row in words)]).astype(np.int64),
        group=np.array(groups if groups is not None else range(len(texts)), dtype=np.int64),
        asks=np.array([asks(text) for text in texts], dtype=bool),
        vectors=np.array([vector(text.split()[-1]) for text in texts], dtype=np.float32).reshape(len(texts), WIDTH),
    )


def question(
    text: str, *, meaning: float = 0.35, phrases: Sequence[Sequence[int]] = (), excluded: Sequence[int] = ()
) -> Question:
    words = [Word(code) for code in codes(text)]
    return Question(words, vector(text.split()[-1]), meaning, phrases, excluded)


def scores(rows: Rows, question: Question, allowed: Array | None = None) -> list[float]:
    everything = np.ones(rows.count, dtype=bool)
    rare = rarity(rows, question.words)
    return list(score(rows, question, rare, everything if allowed is None else allowed))


def corpus(seed: int, size: int = 40) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(SUBJECTS, random.integers(1, 12))) for _ in range(size)]


@pytest.mark.parametrize("meaning", [0.0, 0.35, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_unrelated_rows_changes_nothing(seed: int, meaning: float) -> None:
    texts = corpus(seed)
    order = np.random.default_rng(seed).permutation(len(texts))
    asked = question("bread and salt", meaning=meaning)
    straight, shuffled = scores(rows(texts), asked), scores(rows([texts[number] for number in order]), asked)
    assert shuffled == pytest.approx([straight[number] for number in order])


@pytest.mark.parametrize("seed", range(5))
def test_a_filter_hides_rows_and_changes_no_other_score(seed: int) -> None:
    all_rows = rows(corpus(seed), [number // 5 for number in range(40)])
    allowed = np.random.default_rng(seed).random(40) < 0.5
    asked = question("bread and salt")
    everything, filtered = scores(all_rows, asked), scores(all_rows, asked, allowed)
    assert filtered == pytest.approx(
        [value if passes else 0 for value, passes in zip(everything, allowed, strict=True)]
    )


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_between_0_and_1(seed: int) -> None:
    found = scores(rows(corpus(seed), [0] * 40), question("bread and salt"))
    assert 0 <= min(found) <= max(found) <= 1


def test_the_other_conversations_lend_nothing() -> None:
    texts = ["salt is old", "because of taste", "nothing else"]
    together, apart = (scores(rows(texts, groups), question("salt")) for groups in ([0, 0, 0], [0, 1, 1]))
    assert together[1] > apart[1]


def test_the_row_with_the_word_is_above_its_neighbors() -> None:
    found = scores(rows(["one", "about salt", "two", "three"], [0] * 4), question("salt", meaning=0))
    assert max(found) == found[1] > 0


def test_a_search_by_words_finds_only_rows_that_have_one() -> None:
    assert scores(rows(["salt", "bread"], [0, 0]), question("salt", meaning=0))[1] == 0


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    found = scores(rows(["salt kings", "salt", "salt", "salt", "kings"]), question("salt kings", meaning=0))
    assert found[4] > found[1]


def test_what_somebody_writes_about_all_the_time_is_found() -> None:
    texts = [f"salt {number}" for number in range(20)]
    unimportant = [Word(code, 0.4) for code in codes("what about")]
    [first, *_others] = scores(rows(texts), Question([*unimportant, Word(codes("salt")[0])], None, 0))
    assert first > 0.1


def test_a_word_that_nobody_wrote_lowers_the_score() -> None:
    texts = ["salt and bread", "rivers"]
    [known, _], [unknown, _] = (scores(rows(texts), question(text, meaning=0)) for text in ("salt", "salt zinc"))
    assert unknown < known


def test_a_word_of_no_importance_changes_nothing() -> None:
    asked = question("salt the", meaning=0)
    unimportant = Question([asked.words[0], Word(asked.words[1].code, 0.0)], asked.vector, 0)
    texts = ["salt", "the the the"]
    assert scores(rows(texts), unimportant) == scores(rows(texts), question("salt", meaning=0))


def test_what_asks_ranks_below_what_answers() -> None:
    asking, answering = scores(rows(["why salt?", "why salt"]), question("salt", meaning=0))
    assert asking == pytest.approx(QUESTION_FACTOR * answering)


def test_a_phrase_must_occur_in_one_row() -> None:
    texts = ["krebs cycle", "cycle krebs", "krebs", "cycle"]
    found = scores(rows(texts), question("krebs cycle", meaning=0, phrases=[codes("krebs cycle")]))
    assert [value > 0 for value in found] == [True, False, False, False]


def test_an_excluded_word_hides_its_rows() -> None:
    found = scores(rows(["salt bread", "salt"]), question("salt", excluded=codes("bread")))
    assert (found[0], found[1] > 0) == (0, True)


def test_a_boost_raises_only_what_matches() -> None:
    all_rows = rows(["salt", "bread"])
    asked, boost = question("salt", meaning=0), np.array([0.1, 0.1])
    rare = rarity(all_rows, asked.words)
    plain, raised = (score(all_rows, asked, rare, np.ones(2, dtype=bool), given) for given in (None, boost))
    assert (raised[0], raised[1]) == (pytest.approx(plain[0] + 0.1), 0)


def by_cosine(*cosines: float, usual: float | None = None) -> list[float]:
    """Scores by meaning alone of unrelated rows that have these cosines with the question."""
    vectors = np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in cosines], dtype=np.float32)
    asked = Question([], np.array([1, 0], dtype=np.float32), 1.0, usual=usual)
    return scores(replace(rows(["word"] * len(cosines)), vectors=vectors), asked)


def test_a_cosine_that_all_rows_have_counts_less() -> None:
    assert 0 < by_cosine(*[0.6] * 60)[0] < 0.45 < 0.55 < by_cosine(0.6, *[0.01] * 59)[0]


def test_with_few_rows_a_shared_cosine_counts() -> None:
    assert by_cosine(0.6, 0.6)[0] > 0.55


def test_the_usual_cosine_keeps_the_order_and_hides_what_is_below_it() -> None:
    near, middle, far = by_cosine(0.9, 0.7, 0.3, usual=0.5)
    assert 0.9 > near > middle > 0
    assert far == 0


def test_the_similarity_counts_from_what_is_usual() -> None:
    found = replace(rows(["salt"]), vectors=np.array([[0.6, 0.8]], dtype=np.float32))
    asked = Question([], np.array([1, 0], dtype=np.float32), 1.0)
    assert similarity(found, 0, replace(asked, usual=0.0)) == pytest.approx(0.6)
    assert 0 < similarity(found, 0, replace(asked, usual=0.5)) < 0.5
    assert similarity(found, 0, replace(asked, usual=0.9)) == 0


def test_no_rows_have_no_scores() -> None:
    assert scores(rows([]), question("salt")) == []


def test_a_row_without_a_vector_is_found_by_its_words() -> None:
    some = rows(["salt", "bread"])
    blank = Rows(some.codes, some.starts, some.group, some.asks, np.zeros_like(some.vectors))
    assert scores(blank, question("salt"))[0] > 0


def test_a_row_shares_the_words_that_it_has_itself_and_that_say_something() -> None:
    found = rows(["salt and bread", "kings"], groups=[1, 1])
    telling = [Word(codes(text)[0], 1.0, text) for text in ("breads", "kings")]
    asked = Question([*telling, Word(codes("and")[0], 0.1, "and")], None, 0)
    assert [shared_words(found, place, asked) for place in (0, 1)] == [("breads",), ("kings",)]


def test_the_similarity_of_a_row_is_its_own() -> None:
    found = rows(["salt", "bread"], groups=[1, 1])
    assert similarity(found, 1, replace(question("salt bread"), usual=0.2)) == pytest.approx(1)
    assert similarity(found, 0, replace(question("salt bread"), usual=0.2)) < 0.99
    assert similarity(found, 1, replace(question("salt bread", meaning=0), usual=0.2)) == 0
