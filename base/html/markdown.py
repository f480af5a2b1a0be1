"""Markdown as safe HTML.

Raw HTML in the Markdown is escaped, and the rendered HTML is sanitized as well, so that a flaw in one of the two does
not let untrusted markup into a page.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight as highlight_syntax
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from base.html.sanitizer import ALIGNMENTS, sanitize
from base.text import storable

MAX_LENGTH = 120_000  # characters; a message has at most 100,000
# Above these the parser takes far too long (6.5 s for 100 KB of "[", 63 s of "$$"). No real text has so many.
MAX_BRACKETS = 2_000
MAX_DISPLAY_FORMULAS = 1_000
WIDE_TABLE = re.compile(r"^(?:[^|\n]*\|){100}", re.MULTILINE)
MAX_HIGHLIGHTED_LENGTH = 20_000  # characters of one code block with highlighted syntax
# Only the lexers of these languages run: lexers are regular expressions, and some are slow on crafted input.
_LANGUAGE_NAMES = """
bash c c++ cpp cs csharp css dart diff django docker dockerfile elixir erlang go golang graphql haskell hs html http
ini java javascript js json jsx julia kotlin latex lua make makefile markdown matlab md nginx objc perl php powershell
py python r rb rs ruby rust scala scss sh shell sql swift tex toml ts tsx typescript xml yaml yml zig zsh
"""
LANGUAGES: Final = frozenset(_LANGUAGE_NAMES.split())
ALIGNMENT_OF_STYLE: Final = {f"text-align:{alignment}": alignment for alignment in ALIGNMENTS}


def render_markdown(text: str) -> SafeString:
    """Safe HTML of Markdown from any source; never raises.

    An image becomes its description and URL, because loading it would tell its server what is being read. Links open in
    a new window, and only to http, https and mailto. Maths is `<span class="math inline|block">` around its TeX. Text
    that would take too long to parse is shown as plain text.
    """
    text = storable(text)
    if _is_too_slow(text):
        return _plain_text(text)
    try:
        return sanitize(_markdown.render(text))
    except RecursionError:
        return _plain_text(text)


def _is_too_slow(text: str) -> bool:
    return (
        len(text) > MAX_LENGTH
        or text.count("[") > MAX_BRACKETS
        or text.count("$$") > MAX_DISPLAY_FORMULAS
        or WIDE_TABLE.search(text) is not None
    )


def _plain_text(text: str) -> SafeString:
    return format_html('<pre tabindex="0">{}</pre>', text)


def _code(text: str, language: str, _attributes: str) -> str:
    """A whole `<pre>`, with tabindex so that it can be scrolled by keyboard."""
    language = language.lower()
    if language not in LANGUAGES or len(text) > MAX_HIGHLIGHTED_LENGTH:
        return format_html('<pre tabindex="0"><code>{}</code></pre>', text)
    highlighted = highlight_syntax(text, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
    return f'<pre tabindex="0" data-language="{language}"><code>{highlighted}</code></pre>'


def _adjust(state: StateCore) -> None:
    """Put headings below the two levels of the page, and turn the alignment of table cells into a class."""
    enclosing: list[int] = []  # the levels of the headings that the current one is below
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            enclosing = [*(outer for outer in enclosing if outer < level), level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, 2 + len(enclosing))}"  # no level is skipped, even if the text skips one
        alignment = ALIGNMENT_OF_STYLE.get(str(token.attrs.pop("style", "")))
        if alignment:
            token.attrs["class"] = alignment


def _check_boxes(state: StateCore) -> None:
    """Show the box of `- [x] done` as a character: a disabled checkbox would be a form control without a purpose."""
    for previous, token in zip(state.tokens[1:], state.tokens[2:], strict=False):
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is None or previous.type != "paragraph_open" or first.type != "text":
            continue
        if previous.level >= 2 and re.match(r"\[[ xX]\] ", first.content):
            first.content = ("☐" if first.content[1] == " " else "☑") + first.content[3:]


def _maths(kind: str) -> Callable[..., str]:
    def render(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        return format_html('<span class="math {}">{}</span>', kind, tokens[index].content.strip())

    return render


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    description = self.renderInlineAsText(tokens[index].children, options, env)
    return format_html("{} ({})", description, tokens[index].attrs.get("src", ""))


def _indented_code(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return _code(tokens[index].content, "", "") + "\n"


def _fixed(html: str) -> Callable[..., str]:
    def render(_self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
        return html

    return render


def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "highlight": _code})
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.core.ruler.push("adjust", _adjust)
    parser.core.ruler.push("check_boxes", _check_boxes)
    parser.add_render_rule("math_inline", _maths("inline"))
    parser.add_render_rule("math_inline_double", _maths("block"))
    parser.add_render_rule("math_block", _maths("block"))
    parser.add_render_rule("image", _image)
    parser.add_render_rule("code_block", _indented_code)
    parser.add_render_rule("table_open", _fixed('<div class="scroll" tabindex="0"><table>'))
    parser.add_render_rule("table_close", _fixed("</table></div>"))
    return parser


# The parser keeps the state of a parse in the call, so all threads share one.
_markdown = _parser()
