"""Blocks of code as HTML."""

from typing import Final

from django.utils.html import format_html

from base.html.limits import Rendering
from base.html.syntax import SyntaxHighlighter

MAX_HIGHLIGHTED_BLOCK = 20_000  # characters
_LANGUAGE_NAMES = """
bash c c++ cpp cs csharp css dart diff django docker dockerfile elixir erlang go golang graphql haskell hs html http
ini java javascript js json jsx julia kotlin latex lua make makefile markdown matlab md nginx objc perl php powershell
py python r rb rs ruby rust scala scss sh shell sql swift tex toml ts tsx typescript xml yaml yml zig zsh
"""
LANGUAGES: Final = frozenset(_LANGUAGE_NAMES.split())

highlighter = SyntaxHighlighter()


def render_code(text: str, language: str, rendering: Rendering) -> str:
    """A whole `<pre>`, with tabindex so that it can be scrolled by keyboard."""
    language = language.lower()
    html = _highlighted(text, language, rendering) if language in LANGUAGES else None
    if html is None:
        return format_html('<pre tabindex="0"><code>{}</code></pre>', text)
    return f'<pre tabindex="0" data-language="{language}"><code>{html}</code></pre>'


def _highlighted(text: str, language: str, rendering: Rendering) -> str | None:
    if len(text) > MAX_HIGHLIGHTED_BLOCK or not rendering.may_highlight(len(text)):
        return None
    highlighting = highlighter.highlight(text, language, growing=rendering.growing)
    if highlighting.html is None and highlighting.final:
        rendering.stop_highlighting()  # a text with one block that takes too long may have many
    rendering.is_final &= highlighting.final
    return highlighting.html
