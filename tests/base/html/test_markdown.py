import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.html.markdown import render_markdown
from tests.base.html.harmless import assert_harmless
from tests.hostile import MARKUP


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
