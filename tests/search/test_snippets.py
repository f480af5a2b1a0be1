"""Excerpts with the words of a query marked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.html.plain_text import plain_text
from search.snippets import MAX_LENGTH, Marker
from tests.base.html.harmless import assert_harmless
from tests.hostile import MARKUP


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless(text: str) -> None:
    assert_harmless(Marker.of(f"script img alert(1) {text[:20]}").snippet(text))
    assert_harmless(Marker.of("script").snippet(plain_text(f"```\n{text}\n```")))


@settings(deadline=None)  # the first word of a script loads its stemmer
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[](){}*_`$|\\!&#\"'= \n-:/x"))))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(Marker.of(text).snippet(text))


@pytest.mark.parametrize(
    ("query", "text", "html"),
    [
        ("running", "He runs in the trunk.", "He <mark>runs</mark> in the trunk."),
        ("photo", "Photos and phototropism", "<mark>Photos</mark> and phototropism"),
        ("合作", "光合作用", "光<mark>合作</mark>用"),
        ("光合作用", "植物的光合作用很重要", "植物的<mark>光合作用</mark>很重要"),
        ("学", "学 study", "<mark>学</mark> study"),
        ("Python程序", "写Python的程序", "写<mark>Python</mark>的<mark>程序</mark>"),
        ("café", "The cafe\u0301, the CAFE", "The <mark>cafe\u0301</mark>, the <mark>CAFE</mark>"),
        ("الكتاب", "هذا كِتَابٌ", "هذا <mark>كِتَابٌ</mark>"),
        ("server", "HTTPServer, web_server, observer", "<mark>HTTPServer</mark>, <mark>web_server</mark>, observer"),
        ("the leaf", "the cell in the leaf", "the cell in the <mark>leaf</mark>"),
        ("to be", "to be or not", "<mark>to</mark> <mark>be</mark> or not"),
        ("b", "a < b & c", "a &lt; <mark>b</mark> &amp; c"),
        ("", "nothing", "nothing"),
    ],
)
def test_whole_words_are_marked_by_their_stems(query: str, text: str, html: str) -> None:
    assert Marker.of(query).snippet(text) == html


def test_code_is_marked_up_as_code() -> None:
    text = plain_text("Like *this*:\n\n```python\nif a < b:\n    run()\n```\n\nAnd then.")
    html = "Like this: <code>if a &lt; b:\n    <mark>run</mark>()</code> And then."
    assert Marker.of("running").snippet(text) == html


def test_the_target_of_a_link_is_shown_only_if_it_matches() -> None:
    text = plain_text("Read [the guide](https://guide.example/start).")
    assert Marker.of("read").snippet(text) == "<mark>Read</mark> the guide."
    assert "(https://guide.<mark>example</mark>/start)" in Marker.of("example").snippet(text)


def test_the_excerpt_is_where_most_words_of_the_query_are() -> None:
    text = f"ATP first. {'word ' * 200} Here ATP drives the pump. {'word ' * 200}"
    excerpt = Marker.of("pump ATP").snippet(text)
    assert "<mark>ATP</mark> drives the <mark>pump</mark>" in excerpt
    assert excerpt.startswith("… word ")
    assert excerpt.endswith(" word …")
    assert len(excerpt) < MAX_LENGTH + 60


def test_a_short_text_is_shown_whole() -> None:
    assert Marker.of("x").snippet("  many \n spaces ") == "many spaces"
