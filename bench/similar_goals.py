"""How well two goals that want the same are told from two that only sound alike.

`goal_pairs.tsv` has labelled pairs of titles in three sets. The threshold was chosen by the first alone, the second was
held out, and the third was written after both (docs/decisions/0033). Titles of different lines are rarely the same.
"""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.tools.tables import Line, say, show
from goals.duplicates.comparison import Comparison, compare
from goals.duplicates.meaning import similarities
from goals.duplicates.queries import MIN_SIMILARITY
from goals.duplicates.titles import parse
from search.queries import embed_texts, words

PAIRS = Path(__file__).with_name("goal_pairs.tsv")
COLUMNS = ("precision", "recall", "F1")
MIN_COSINE = 0.4  # the threshold with the best F1 for the cosine of two titles, by the first set
CHUNK = 500  # pairs at a time


@dataclass(frozen=True)
class Pair:
    set: str
    same: bool
    language: str
    titles: tuple[str, str]


Titles = Sequence[tuple[str, str]]
Method = Callable[[Titles], list[bool]]


def run() -> None:
    pairs = load()
    for name in ("choosing", "held-out", "later"):
        show_methods(f"The set “{name}”", [pair for pair in pairs if pair.set == name])
    show_methods("All pairs", pairs)
    for language, count in Counter(pair.language for pair in pairs).items():
        wrong = _wrong([pair for pair in pairs if pair.language == language])
        say(f"{language}: {count - len(wrong)} of {count} right; not: " + "; ".join(" / ".join(pair) for pair in wrong))
    show_unrelated(pairs)


def load() -> list[Pair]:
    with PAIRS.open(encoding="utf-8") as file:
        return [
            Pair(row["set"], row["label"] == "same", row["language"], (row["one"], row["other"]))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def show_methods(title: str, pairs: Sequence[Pair]) -> None:
    same = sum(pair.same for pair in pairs)
    lines = [Line(name, _figures(method, pairs)) for name, method in METHODS.items()]
    show(f"{title}: {same} pairs the same, {len(pairs) - same} not", COLUMNS, lines, baseline=lines[0])


def show_unrelated(pairs: Sequence[Pair]) -> None:
    labelled = {frozenset(pair.titles) for pair in pairs}
    titles = sorted({title for pair in pairs for title in pair.titles})
    unrelated = [pair for pair in combinations(titles, 2) if frozenset(pair) not in labelled]
    lines = [Line(name, (float(sum(_called_same(method, unrelated))),)) for name, method in METHODS.items()]
    show(f"Titles of different lines: {len(unrelated)} pairs", ("called the same",), lines, baseline=lines[0])


def _figures(method: Method, pairs: Sequence[Pair]) -> tuple[float, float, float]:
    called = _called_same(method, [pair.titles for pair in pairs])
    right = sum(pair.same and is_same for pair, is_same in zip(pairs, called, strict=True))
    precision, recall = right / max(sum(called), 1), right / max(sum(pair.same for pair in pairs), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _wrong(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    called = by_words_and_meaning([pair.titles for pair in pairs])
    return [pair.titles for pair, is_same in zip(pairs, called, strict=True) if pair.same != is_same]


def _called_same(method: Method, pairs: Titles) -> list[bool]:
    return [is_same for start in range(0, len(pairs), CHUNK) for is_same in method(pairs[start : start + CHUNK])]


def by_cosine(pairs: Titles) -> list[bool]:
    titles = list(dict.fromkeys(title for pair in pairs for title in pair))
    vectors = dict(zip(titles, embed_texts(titles), strict=True))
    both = [(vectors[one], vectors[other]) for one, other in pairs]
    return [one is not None and other is not None and float(one @ other) >= MIN_COSINE for one, other in both]


def by_words(pairs: Titles) -> list[bool]:
    return [_compared(pair).by_words() >= MIN_SIMILARITY for pair in pairs]


def by_words_and_meaning(pairs: Titles) -> list[bool]:
    return [similarity >= MIN_SIMILARITY for similarity in similarities([_compared(pair) for pair in pairs])]


def _compared(pair: tuple[str, str]) -> Comparison:
    one, other = (parse(title, stems=words) for title in pair)
    return compare(one, other)


METHODS: dict[str, Method] = {
    "cosine of the titles": by_cosine,
    "words, embedder down": by_words,
    "words and meaning": by_words_and_meaning,
}
