import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.html.highlighting import highlight
from tests.base.html.harmless import assert_harmless
from tests.hostile import MARKUP


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless(text: str) -> None:
    assert_harmless(highlight(text, ["script", "img", "<", "alert(1)", text[:20]]))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[](){}*_`$|\\!&#\"'= \n-:/x"))))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(highlight(text, text.split()))


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("Photos and phototropism", ["photo"], "<mark>Photos</mark> and <mark>photo</mark>tropism"),
        ("telephoto", ["photo"], "telephoto"),
        ("光合作用", ["合作"], "光<mark>合作</mark>用"),
        ("a < b", ["<"], "a <mark>&lt;</mark> b"),
        ("a.c abc", ["a.c"], "<mark>a.c</mark> abc"),
        ("mitosis meiosis", ["mei", "mi"], "<mark>mi</mark>tosis <mark>mei</mark>osis"),
        ("the cell in the leaf", ["the", "leaf"], "the cell in the <mark>leaf</mark>"),
        ("ATPase", ["atp"], "<mark>ATP</mark>ase"),
        ("to be or not", ["to", "be"], "<mark>to</mark> <mark>be</mark> or not"),
        ("nothing & no one", [], "nothing &amp; no one"),
        ("spaces", [" "], "spaces"),
    ],
)
def test_words_are_marked(text: str, words: list[str], html: str) -> None:
    assert highlight(text, words) == html
