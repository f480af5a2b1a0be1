from collections.abc import Iterator

import pytest

from base.html import code_blocks
from base.html.code_blocks import MAX_HIGHLIGHTED_BLOCK, render_code
from base.html.limits import MAX_HIGHLIGHTED, MAX_HIGHLIGHTED_GROWING, Rendering
from base.html.syntax import SyntaxHighlighter

PLAIN = '<pre tabindex="0"><code>'
HIGHLIGHTED = '<pre tabindex="0" data-language="python"><code>'


@pytest.fixture(autouse=True)
def highlighter(monkeypatch: pytest.MonkeyPatch) -> Iterator[SyntaxHighlighter]:
    started = SyntaxHighlighter(cpu_seconds=0.2)
    monkeypatch.setattr(code_blocks, "highlighter", started)
    yield started
    started.close()


def test_only_code_in_a_known_language_is_highlighted() -> None:
    assert render_code("x", "Python", Rendering()) == f'{HIGHLIGHTED}<span class="n">x</span>\n</code></pre>'
    assert render_code("<", "nonsense", Rendering()) == f"{PLAIN}&lt;</code></pre>"


def test_a_long_block_is_plain() -> None:
    assert render_code("x" * (MAX_HIGHLIGHTED_BLOCK + 1), "python", Rendering()).startswith(PLAIN)


def test_the_code_of_one_text_is_highlighted_up_to_a_limit() -> None:
    rendering = Rendering()
    blocks = [render_code("x" * MAX_HIGHLIGHTED_BLOCK, "python", rendering) for _block in range(4)]
    assert [block.startswith(HIGHLIGHTED) for block in blocks] == [True, True, True, False]
    assert MAX_HIGHLIGHTED == 3 * MAX_HIGHLIGHTED_BLOCK
    assert rendering.is_final


def test_a_growing_text_has_a_lower_limit() -> None:
    rendering = Rendering(growing=True)
    assert render_code("x" * MAX_HIGHLIGHTED_GROWING, "python", rendering).startswith(HIGHLIGHTED)
    assert render_code("x", "python", rendering).startswith(PLAIN)


def test_after_one_block_that_takes_too_long_the_others_are_plain(highlighter: SyntaxHighlighter) -> None:
    rendering = Rendering()
    slow = "x" + "a" * 19_999
    assert [render_code(slow, "make", rendering), render_code("x", "python", rendering)] == [
        f"{PLAIN}{slow}</code></pre>",
        f"{PLAIN}x</code></pre>",
    ]
    assert rendering.is_final


def test_code_that_is_plain_this_time_only_is_not_final(highlighter: SyntaxHighlighter) -> None:
    with highlighter._lock:
        rendering = Rendering()
        assert render_code("x", "python", rendering) == f"{PLAIN}x</code></pre>"
    assert not rendering.is_final
