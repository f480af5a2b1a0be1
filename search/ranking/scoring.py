"""Scores one owner's rows for a question, by words and by meaning, each through a window of neighbors.

A message is rarely understood alone: the question before it and the answer after it lend it their words and meaning.
The score is absolute, from 0 to about 1, so that a threshold means the same for every question. docs/decisions/0029 has
the measurements behind the constants.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from search.arrays import Array, np

# What the rows before (-3, -2, -1) and after (1, 2, 3) lend.
WINDOW = {-3: 0.15, -2: 0.35, -1: 0.50, 1: 0.30, 2: 0.20, 3: 0.10}
SHORT = 60  # words; a longer row lends less, in proportion
SATURATION, LENGTH_WEIGHT = 0.8, 0.5  # BM25's k1 and b
COMMON = 4.0  # a word with a smaller idf lends less, in proportion
PRIOR = 10  # rows that are added to those of an owner when rarity is counted
PRIOR_OF_COSINES = 20  # rows with the cosine 0 that are added when an average row is computed
SAMPLE = 1_000  # rows, or up to twice as many, of which that average is taken
SHORTLIST = 200  # rows whose meaning is compared with their neighbors'
QUESTION_FACTOR = 0.85  # what asks rarely answers
MIN_IMPORTANCE = 0.6  # of a word that explains why a row was found
UNRELATED = 0.7  # of the cosine of an average row: what a row that has nothing to do with the question may have, too


@dataclass(frozen=True)
class Rows:
    """Rows of one owner, sorted so that neighbors stand beside each other.

    `codes` has the words of all rows, one row after the other; row i has those from `starts[i]` to `starts[i + 1]`.
    Rows with the same number in `group` are neighbors. A row without a vector has zeros in `vectors`.
    """

    codes: Array  # uint32
    starts: Array  # int64, one more than there are rows
    group: Array  # int64
    asks: Array  # bool
    vectors: Array  # float32, (rows, dimensions)

    @property
    def count(self) -> int:
        return len(self.group)

    @property
    def lengths(self) -> Array:
        """Words in each row."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class Word:
    """A word of a question. `importance` is 0 for a word that says nothing, such as "the", and at most 1.

    `written` is how the question writes it.
    """

    code: int
    importance: float = 1.0
    written: str = ""


@dataclass(frozen=True)
class Question:
    """`vector` has unit length; None searches by words only. `meaning` is its share of the score, 0 to 1.

    Of the words in `phrases`, rows have all, in this order; of those in `excluded`, none. `usual` is the cosine of the
    question with an average row of the owner; None takes the mean of the rows that are scored.
    """

    words: Sequence[Word]
    vector: Array | None
    meaning: float
    phrases: Sequence[Sequence[int]] = ()
    excluded: Sequence[int] = ()
    usual: float | None = None


@dataclass(frozen=True)
class Rarity:
    """In how many of an owner's `rows` each word occurs, by its code.

    `mean_length` is that of all rows, in words, where only some of them are scored.
    """

    rows: int
    found: Mapping[int, float] = field(default_factory=dict)
    mean_length: float | None = None

    def idf(self, code: int) -> float:
        found = self.found.get(code, 0.0)
        return log(1 + (self.rows - found + 0.5) / (found + 0.5))


def rarity(rows: Rows, words: Sequence[Word]) -> Rarity:
    """Counted in these rows."""
    return counted_rarity(rows.count, lambda code: int(np.count_nonzero(_counts(rows, code))), words)


def counted_rarity(rows: int, count: Callable[[int], int], words: Sequence[Word]) -> Rarity:
    """`count` says in how many of the `rows` a word occurs.

    `PRIOR` rows are added, in which a word occurs the less, the more important it is. Without those, somebody who
    writes about one thing only would not find it, because all rows have its name.
    """
    found = {word.code: count(word.code) + PRIOR * (1 - word.importance) for word in words}
    return Rarity(rows + PRIOR, found)


def score(rows: Rows, question: Question, rare: Rarity, allowed: Array, boost: Array | None = None) -> Array:
    """The score of each row; 0 for rows that do not match. `allowed` says which rows pass the filters of the search.

    Rows that do not pass still lend their words and meaning. `boost` is added to the rows that match. A search by words
    alone finds only rows that have one of the words themselves.
    """
    if not rows.count:
        return np.zeros(0)
    allowed = allowed & _passes(rows, question)
    if question.vector is None or not question.meaning:
        allowed &= _has_any(rows, [word.code for word in question.words])
    by_words = np.where(allowed, _by_words(rows, question, rare), 0.0)
    scores = (1 - question.meaning) * by_words
    if question.vector is not None and question.meaning:
        direct = np.where(allowed, rows.vectors @ question.vector, 0.0)
        unrelated = UNRELATED * usual_cosine(rows, question)
        chosen = _shortlist(by_words, direct, question.meaning)
        scores[chosen] += question.meaning * np.maximum(_by_meaning(rows, question.vector, chosen) - unrelated, 0.0)
        scores /= 1 - question.meaning * unrelated
        unchosen = np.ones(rows.count, dtype=bool)
        unchosen[chosen] = False
        scores[unchosen] = 0.0
    scores = np.where(rows.asks, QUESTION_FACTOR * scores, scores)
    if boost is not None:
        scores = np.where(scores > 0, scores + boost, scores)
    return np.where(allowed, scores, 0.0)


def shared_words(rows: Rows, place: int, question: Question) -> tuple[str, ...]:
    """The words of the question that this row has itself and that say something, as the question writes them."""
    has = set(rows.codes[rows.starts[place] : rows.starts[place + 1]].tolist())
    found = [word for word in question.words if word.importance >= MIN_IMPORTANCE and word.code in has]
    return tuple(dict.fromkeys(word.written for word in found))


def similarity(rows: Rows, place: int, question: Question) -> float:
    """How much nearer this row alone is to the question than an average row, at most 1; 0 for a search by words."""
    if question.vector is None or not question.meaning:
        return 0.0
    unrelated = UNRELATED * usual_cosine(rows, question)
    return max(float(rows.vectors[place] @ question.vector) - unrelated, 0.0) / (1 - unrelated)


def usual_cosine(rows: Rows, question: Question) -> float:
    """The cosine of the question with an average row. Rows without a vector do not count.

    Somebody who writes about one thing only would find nothing about it without the prior, because all rows are near.
    """
    if question.usual is not None:
        return question.usual
    if question.vector is None or not question.meaning:
        return 0.0
    sample = rows.vectors[:: max(rows.count // SAMPLE, 1)] @ question.vector
    return max(float(sample.sum()) / (np.count_nonzero(sample) + PRIOR_OF_COSINES), 0.0)


def _by_words(rows: Rows, question: Question, rare: Rarity) -> Array:
    """BM25 over the words of each row and of its neighbors, as a share of what the question could give at best."""
    lengths = rows.lengths.astype(np.float64)
    lending = np.minimum(1.0, SHORT / np.maximum(lengths, 1.0))
    windowed = lengths + _lent(lengths * lending, rows.group)
    norm = SATURATION * (
        1 - LENGTH_WEIGHT + LENGTH_WEIGHT * windowed / max(rare.mean_length or float(windowed.mean()), 1.0)
    )
    total, possible = np.zeros(rows.count), 0.0
    for word in question.words:
        idf = rare.idf(word.code)
        weight = word.importance * idf
        possible += weight
        counts = _counts(rows, word.code)
        if counts.any():
            counts = counts + min(1.0, idf / COMMON) * _lent(counts * lending, rows.group)
            total += weight * counts / (counts + norm)
    return total / possible if possible else total


def _by_meaning(rows: Rows, vector: Array, chosen: Array) -> Array:
    """The cosine of the question with each chosen row and its neighbors."""
    lengths = np.maximum(rows.lengths, 1)
    mixed = rows.vectors[chosen].astype(np.float32)
    for distance, share in WINDOW.items():
        other = np.clip(chosen + distance, 0, rows.count - 1)
        same = (chosen + distance == other) & (rows.group[other] == rows.group[chosen])
        factor = np.where(same, share * np.minimum(1.0, SHORT / lengths[other]), 0.0)
        mixed += factor[:, None].astype(np.float32) * rows.vectors[other]
    size = np.linalg.norm(mixed, axis=1)
    return (mixed @ vector) / np.where(size, size, 1.0)


def _shortlist(by_words: Array, direct: Array, meaning: float) -> Array:
    """The rows that may be among the best, at most `SHORTLIST`."""
    rough = (1 - meaning) * by_words / (by_words.max() or 1.0) + meaning * np.maximum(direct / (direct.max() or 1.0), 0)
    candidates = np.flatnonzero(rough > 0)
    if len(candidates) > SHORTLIST:
        candidates = candidates[np.argpartition(-rough[candidates], SHORTLIST)[:SHORTLIST]]
    return candidates


def _lent(values: Array, group: Array) -> Array:
    """What each row gets from its neighbors."""
    lent = np.zeros(len(values))
    for distance, share in WINDOW.items():
        step = abs(distance)
        if step >= len(values):
            continue
        same = group[step:] == group[:-step]
        if distance < 0:
            lent[step:] += share * np.where(same, values[:-step], 0.0)
        else:
            lent[:-step] += share * np.where(same, values[step:], 0.0)
    return lent


def _counts(rows: Rows, code: int) -> Array:
    """How often the word occurs in each row."""
    positions = np.flatnonzero(rows.codes == code)
    return np.bincount(_rows_at(rows, positions), minlength=rows.count).astype(np.float64)


def _rows_at(rows: Rows, positions: Array) -> Array:
    return np.searchsorted(rows.starts, positions, side="right") - 1


def _passes(rows: Rows, question: Question) -> Array:
    """Which rows have every required phrase and no excluded word."""
    passes = np.ones(rows.count, dtype=bool)
    for code in question.excluded:
        passes &= _counts(rows, code) == 0
    for phrase in question.phrases:
        passes &= _has_phrase(rows, phrase)
    return passes


def _has_any(rows: Rows, words: Sequence[int]) -> Array:
    has = np.zeros(rows.count, dtype=bool)
    has[_rows_at(rows, np.flatnonzero(np.isin(rows.codes, np.array(words, dtype=np.uint32))))] = True
    return has


def _has_phrase(rows: Rows, phrase: Sequence[int]) -> Array:
    has = np.zeros(rows.count, dtype=bool)
    last = len(rows.codes) - len(phrase) + 1
    if last > 0:
        here = np.ones(last, dtype=bool)
        for offset, code in enumerate(phrase):
            here &= rows.codes[offset : offset + last] == code
        positions = np.flatnonzero(here)
        first, end = _rows_at(rows, positions), _rows_at(rows, positions + len(phrase) - 1)
        has[first[first == end]] = True
    return has
