import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.markdown import ATTRIBUTES, CLASSES, TAGS, highlight, render_markdown
from tests.hostile import MARKUP

GIVEN_TO_LINKS = {"target", "rel"}
MARKS = ("*", "[", "![", "[[]", "*[", "_a_", "$", "$$ a\n\n", "> ", "- ", "|")


class Walls(HTMLParser):
    """Reads HTML as a browser would and holds each tag against what may be there."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS | {"mark"}, tag
        for name, value in attrs:
            if name == "class":
                assert set((value or "").split()) <= CLASSES[tag]
            else:
                assert name in ATTRIBUTES.get(tag, set()) | (GIVEN_TO_LINKS if tag == "a" else set()), (tag, name)
            if name == "href":
                assert urlsplit(value or "").scheme in ("http", "https", "mailto")

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment came through: {data}")


def assert_harmless(html: str) -> None:
    walls = Walls(convert_charrefs=True)
    walls.feed(html)
    walls.close()


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless(text: str) -> None:
    assert_harmless(render_markdown(text))
    assert_harmless(highlight(text, ["script", "img", "<", "alert(1)", text[:20]]))


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless_at_every_moment_of_a_stream(text: str) -> None:
    for end in range(len(text)):
        assert_harmless(render_markdown("Before. " + text[:end]))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[](){}*_`$|\\!&#\"'= \n-:/x"))))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(render_markdown(text))
    assert_harmless(highlight(text, text.split()))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("# One\n\n###### Six", "<h3>One</h3>\n<h6>Six</h6>"),
        ("- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
        ("$a<b$", '<p><span class="math inline">a&lt;b</span></p>'),
        ("$$\nx^2\n$$", '<span class="math block">x^2</span>'),
        ("It costs $5, or $6.", "<p>It costs $5, or $6.</p>"),
        ("![a fox](https://x.example/fox.png)", "<p>a fox (https://x.example/fox.png)</p>"),
        ("[x](/relative)", '<p><a target="_blank" rel="noopener noreferrer nofollow">x</a></p>'),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>"),
        ("```nonsense\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>'),
        ("\0 and \ud800", "<p>\ufffd and \ufffd</p>"),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert render_markdown(text).strip() == html


def test_a_link_opens_apart_and_tells_nothing() -> None:
    html = render_markdown("[x](https://a.example)")
    assert 'href="https://a.example"' in html
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in html


def test_code_is_coloured_by_class() -> None:
    html = render_markdown("```python\nx = 1\n```")
    assert '<pre tabindex="0" data-language="python">' in html
    assert '<span class="mi">1</span>' in html


def test_a_table_can_be_scrolled_by_keyboard_and_keeps_its_sides() -> None:
    html = render_markdown("|a|b|\n|:-|-:|\n|1|2|")
    assert '<div class="scroll" tabindex="0"><table>' in html
    assert '<td class="right">2</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    "text",
    [
        *(
            mark * (100_000 // len(mark))
            for mark in ("*", "[", "![", "[[]", "*[", "_a_", "$", "$$ a\n\n", "> ", "- ", "|")
        ),
        "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "x\n" * 40_000,
    ],
    ids=lambda text: text[:6],
)
def test_100_kb_of_anything_takes_less_than_a_second(text: str) -> None:
    start = time.process_time()
    render_markdown(text)
    assert time.process_time() - start < 1


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
