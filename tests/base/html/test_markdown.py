from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.html import code_blocks, markdown
from base.html.caches import SizedCache
from base.html.limits import Rendering
from base.html.markdown import render_markdown
from tests.base.html.harmless import assert_harmless
from tests.growth import assert_linear, cost
from tests.hostile import MARKUP
from tests.waiting import wait_until


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless(text: str) -> None:
    assert_harmless(render_markdown(text))


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_markup_is_harmless_at_every_moment_of_a_stream(text: str) -> None:
    for end in range(len(text)):
        assert_harmless(render_markdown("Before. " + text[:end]))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[](){}*_`$|\\!&#\"'= \n-:/x"))))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(render_markdown(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("# One\n\n## Two\n\n# One", "<h3>One</h3>\n<h4>Two</h4>\n<h3>One</h3>"),
        ("### First\n\n###### Below\n\n# Last", "<h3>First</h3>\n<h4>Below</h4>\n<h3>Last</h3>"),
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


def test_a_link_opens_a_new_window_and_sends_no_referrer() -> None:
    html = render_markdown("[x](https://a.example)")
    assert 'href="https://a.example"' in html
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in html


def test_code_is_highlighted_by_classes() -> None:
    html = render_markdown("```python\nx = 1\n```")
    assert '<pre tabindex="0" data-language="python">' in html
    assert '<span class="mi">1</span>' in html


def test_a_table_can_be_scrolled_by_keyboard_and_keeps_its_alignment() -> None:
    html = render_markdown("|a|b|\n|:-|-:|\n|1|2|")
    assert '<div class="scroll" tabindex="0"><table>' in html
    assert '<td class="right">2</td>' in html
    assert "style" not in html


def test_html_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "_cache", SizedCache(10_000))
    html = render_markdown("*once*")
    assert render_markdown("*once*") is html
    assert render_markdown("*growing*", growing=True) is not render_markdown("*growing*", growing=True)


def test_code_that_is_plain_this_time_is_highlighted_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "```python\nnext_time = 1\n```"
    with monkeypatch.context() as patched:
        patched.setattr(code_blocks, "_highlighted", _unavailable)
        assert "<span" not in render_markdown(text)
    wait_until(lambda: "<span" in render_markdown(text))


def _unavailable(_text: str, _language: str, rendering: Rendering) -> None:
    rendering.is_final = False


def test_text_that_would_take_too_long_is_plain() -> None:
    text = "|a|b|\n|-|-|\n" + "|1|2|\n" * 10_000
    assert render_markdown(text) == f'<pre tabindex="0">{text}</pre>'


@pytest.mark.parametrize(
    "text", ["Some prose, with *emphasis* and `code`. ", "- an item: $x^2$\n", '{"key": "a", "b": 2},\n']
)
def test_long_ordinary_texts_are_rendered(text: str) -> None:
    assert not render_markdown((text * 100_000)[:60_000]).startswith("<pre")


# Every construct of the parser, complete and begun.
CONSTRUCTS = [
    *(
        "*",
        "**a ",
        "*a*",
        "**a*",
        "***a** ",
        "_a_ ",
        "a_",
        "~~a ",
        "~~a~~",
        "`",
        "`a",
        "``a`",
        "\\",
        "\\*",
        "\\\n",
        "&amp;",
    ),
    *(
        "[",
        "[a](",
        "[a](b)",
        "[a][b]",
        "[a]: b\n",
        "\n[a]: b",
        "[[]",
        "*[",
        "![",
        "![a](b)",
        "<",
        "<a@b.c>",
        "<!--",
        "<a ",
    ),
    *("<http://a.b>", "$", "$a", "$a$ ", "a$", "$$", "$$a", "$$ a\n\n", "$$\na\n", "*`", "$`", "[`", "(c) ", '"a" '),
    *("# a\n", "a\n===\n", "---\n", "```\n", "~~~\n", "    a\n", "\ta\n", ">", "> ", ">a\n", "- ", "- a\n", "- - "),
    *("- a\n\n", "  - a\n    ", "1. a\n", "- [x] a\n", "a\n", "a\n\n", "\n", " ", "a  \n", "é", "\r", "<b>a</b>\n"),
    *("|", "|a", "|a|b|\n", "|-|\n", "|a|\n|-|\n|b|\n\n", "a|b\n-|-\n", "|\\|"),
]
TABLE = "|a|b|\n|-|-|\n"
WIDE_TABLE = "|a" * 99 + "|\n" + "|-" * 99 + "|\n"


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize("beginning", ["", TABLE], ids=["paragraph", "table"])
def test_the_cost_of_markdown_grows_linearly(beginning: str, construct: str) -> None:
    assert_linear(_render, lambda size: (beginning + construct * size)[:size], 20_000)


@pytest.mark.parametrize("text", [construct * 100_000 for construct in CONSTRUCTS] + [WIDE_TABLE + "x\n" * 50_000])
def test_no_text_costs_much_more_than_ordinary_markdown(text: str) -> None:
    """Small rows of a table took 1.8 s, which is 36 times as long as prose."""
    assert cost(_render, text[:100_000], repeat=1) < 12 * _cost_of_prose()


@cache
def _cost_of_prose() -> float:
    prose = "Some prose, with *emphasis* and `code`: nothing else. " * 2_000
    return cost(_render, prose[:100_000])


def _render(text: str) -> None:
    render_markdown(text, growing=True)  # without the cache
