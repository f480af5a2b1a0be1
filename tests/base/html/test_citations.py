import pytest

from base.html.markdown import cited_numbers


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Salt [1].", {1}),
        ("Salt [1, 3] and [2; 9].", {1, 2, 3}),
        ("Salt[1][2]", {1, 2}),
        ("| a |\n|---|\n| [1] |\n\n- **[2]**\n\n> [3]", {1, 2, 3}),
        ("Salt [9].", set()),
        ("`[1]` and\n\n```\n[2]\n```\n\n    [3]", set()),
        ("$x[1]$ and\n\n$$\ny[2]\n$$", set()),
        (r"\[1\]", set()),
        ("[1](https://example.org) and [see [2]](https://example.org)", set()),
        ("Wow![1]", {1}),
        ("[x] [1.5] [1-3] [-1] [] [1000]", set()),
        # A text cannot redirect a citation.
        ("Salt [1].\n\n[1]: https://example.org", {1}),
        ("[", set()),
        ("[" * 3_000 + "[1]", set()),
    ],
)
def test_numbers_of_sources_are_found(text: str, cited: set[int]) -> None:
    assert cited_numbers(text, [1, 2, 3]) == cited


def test_without_sources_nothing_is_cited() -> None:
    assert cited_numbers("Salt [1].", []) == set()
