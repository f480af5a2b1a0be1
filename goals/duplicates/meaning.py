"""How similar goals are by words and meaning."""

import re
from collections.abc import Sequence

from goals.duplicates.comparison import Comparison
from search.arrays import Vector
from search.queries import MAX_WAIT, embed_texts, embedding_backend

# The cosine from which on words may mean the same, by embedding backend: docs/decisions/0033. Ollama's models put
# unrelated words closer together. Theirs was not measured.
LEAST_SIMILAR_WORDS = {"builtin": 0.35, "ollama": 0.75}
# Of other scripts the built-in model knows letters, not words.
LETTERS_WITH_MEANING = {"builtin": re.compile(r"[a-z]"), "ollama": re.compile(r"\w")}


def similarities(comparisons: Sequence[Comparison]) -> list[float]:
    """The similarity of each comparison's titles, from 0 to 1. Raises EmbedderUnavailable."""
    backend = embedding_backend()
    subjects = _cosines([(comparison.left, comparison.right) for comparison in comparisons])
    compared = [
        (comparison.only_left, comparison.only_right)
        for comparison in comparisons
        if comparison.differ_in_words and LETTERS_WITH_MEANING[backend].search(comparison.only_left)
    ]
    others = dict(zip(compared, _cosines(compared), strict=True))
    return [
        comparison.by_meaning(
            subjects=cosine,
            others=others.get((comparison.only_left, comparison.only_right), 0.0),
            least=LEAST_SIMILAR_WORDS[backend],
        )
        for comparison, cosine in zip(comparisons, subjects, strict=True)
    ]


def _cosines(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The cosine of each pair of texts; 0 where the model knows nothing of one. Raises EmbedderUnavailable."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair if text))
    vectors = dict(zip(texts, embed_texts(texts, within=MAX_WAIT), strict=True))
    return [_cosine(vectors.get(one), vectors.get(other)) for one, other in pairs]


def _cosine(one: Vector | None, other: Vector | None) -> float:
    return 0.0 if one is None or other is None else float(one @ other)
