import pytest

from search.index.fusion import fuse, normalized


@pytest.mark.parametrize(
    ("words", "meaning", "weight", "expected"),
    [
        ({}, {}, 0.5, {}),
        ({"a": 8.0, "b": 4.0}, {}, 0.0, {"a": 1.0, "b": 0.5}),
        ({}, {"a": 0.8, "b": 0.2}, 1.0, {"a": 1.0, "b": 0.25}),
        ({"a": 10.0, "b": 9.0}, {"b": 0.9, "a": 0.3}, 0.5, {"b": 0.95, "a": 2 / 3}),
        # Much better by words wins against slightly better by meaning.
        ({"a": 10.0, "b": 1.0}, {"b": 0.9, "a": 0.8}, 0.4, {"a": 0.6 + 0.4 * 8 / 9, "b": 0.06 + 0.4}),
        ({"a": 1.0}, {"b": -0.5}, 0.5, {"a": 0.5, "b": 0.0}),
    ],
)
def test_scores_are_weighted_shares_of_the_best(
    words: dict[str, float], meaning: dict[str, float], weight: float, expected: dict[str, float]
) -> None:
    fused = fuse(words, meaning, weight=weight)
    assert fused == pytest.approx(expected)
    assert list(fused) == list(expected)


def test_negative_scores_count_as_zero() -> None:
    assert normalized({"a": -1.0, "b": -2.0}) == {"a": 0.0, "b": 0.0}
