import pytest
from django.utils.html import escape

from base.html.citations import Source
from base.html.markdown import cited_numbers, render_markdown
from tests.base.html.harmless import assert_harmless
from tests.hostile import MARKUP


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


def test_a_citation_links_to_its_source() -> None:
    html = render_markdown("Salt [1], [2].", sources={1: Source("/chat/x/", "Bread: twelve grams")})
    link = '<a href="/chat/x/" title="Bread: twelve grams" aria-label="Source 1">1</a>'
    assert f'<sup class="cite">[{link}]</sup>' in html
    assert "[2]." in html


def test_a_source_that_no_longer_exists_has_no_link() -> None:
    assert "<a" not in render_markdown("Salt [1].", sources={1: Source("", "Bread")})


def test_the_same_text_is_linked_to_the_sources_of_each_reply() -> None:
    """The HTML of a text is cached without its links."""
    for url in ("/chat/x/", "/chat/y/"):
        assert url in render_markdown("The same text [1].", sources={1: Source(url, "")})
    assert "<a" not in render_markdown("The same text [1].")


@pytest.mark.parametrize("hostile", MARKUP)
def test_hostile_titles_and_texts_are_harmless(hostile: str) -> None:
    link = f'[<a href="/chat/x/" title="{escape(hostile)}" aria-label="Source 1">1</a>]'
    html = render_markdown(f"[1] {hostile}", sources={1: Source("/chat/x/", hostile)})
    assert html.count(link) == 1
    assert_harmless(html.replace(link, ""))


def test_only_a_citation_of_the_parser_becomes_a_link() -> None:
    html = render_markdown('<sup class="cite">1</sup>', sources={1: Source("/chat/x/", "")})
    assert "/chat/x/" not in html
