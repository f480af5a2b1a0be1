"""Markdown as safe HTML.

Raw HTML in the Markdown is escaped, and the rendered HTML is sanitized as well, so that a flaw in one of the two does
not let untrusted markup into a page.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from base.html.caches import SizedCache
from base.html.citations import Source, citations_plugin, link_citations, place_of_citation
from base.html.code_blocks import render_code
from base.html.limits import Rendering, TooExpensive, is_too_slow
from base.html.sanitizer import ALIGNMENTS, sanitize
from base.text import storable

MAX_CACHE_SIZE = 10_000_000  # characters of HTML
ALIGNMENT_OF_STYLE: Final = {f"text-align:{alignment}": alignment for alignment in ALIGNMENTS}


def render_markdown(text: str, *, growing: bool = False, sources: Mapping[int, Source] | None = None) -> SafeString:
    """Safe HTML of Markdown from any source; never raises.

    An image becomes its description and URL, because loading it would tell its server what is being read. Links open in
    a new window, and only to http, https and mailto. Maths is `<span class="math inline|block">` around its TeX. Text
    that would take too long to parse is shown as plain text.

    The HTML is cached, because 8 KB of Markdown take 26 ms. `growing`: the text is a part that will soon be replaced by
    a longer one, so its HTML is not kept. Where the text cites one of the `sources` by its number, it links to it.
    """
    numbers = sorted(sources or ())
    key = sha256(f"{numbers}{storable(text)}".encode()).digest()
    html = _cache.get(key)
    if html is None:
        rendering = Rendering(growing=growing)
        html = _render(storable(text), rendering, numbers)
        if rendering.is_final and not growing:
            _cache.put(key, html, len(html))
    return link_citations(html, sources or {})


def cited_numbers(text: str, sources: Collection[int]) -> set[int]:
    """Which of the numbers in `sources` the Markdown cites, such as [1] or [1, 3], outside code, maths and links."""
    if not sources or is_too_slow(storable(text)):
        return set()
    try:
        tokens = _markdown.parse(storable(text), {"rendering": Rendering(), "sources": set(sources)})
    except (RecursionError, TooExpensive):
        return set()
    inside = (child for token in tokens for child in token.children or ())
    return {int(token.content) for token in inside if token.type == "citation"}


def _render(text: str, rendering: Rendering, sources: Collection[int]) -> SafeString:
    if is_too_slow(text):
        return _plain_text(text)
    try:
        return sanitize(_markdown.render(text, {"rendering": rendering, "sources": set(sources)}))
    except (RecursionError, TooExpensive):
        return _plain_text(text)


def _plain_text(text: str) -> SafeString:
    return format_html('<pre tabindex="0">{}</pre>', text)


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


def _place_of_citation(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return place_of_citation(tokens[index].content)


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    description = self.renderInlineAsText(tokens[index].children, options, env)
    return format_html("{} ({})", description, tokens[index].attrs.get("src", ""))


def _fenced_code(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    words = unescapeAll(tokens[index].info).split()
    return render_code(tokens[index].content, words[0] if words else "", env["rendering"]) + "\n"


def _indented_code(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    return render_code(tokens[index].content, "", env["rendering"]) + "\n"


def _fixed(html: str) -> Callable[..., str]:
    def render(_self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
        return html

    return render


def _count_block(state: StateBlock, _line: int, _last_line: int, _silent: bool) -> bool:
    """A rule that matches nothing. The parser tries it at each line, so it can end the parse."""
    state.env["rendering"].count_step(tokens=len(state.tokens))
    return False


def _count_inline(state: StateInline, _silent: bool) -> bool:
    state.env["rendering"].count_step()
    return False


def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False})
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    citations_plugin(parser)
    enclosing = ["paragraph", "reference", "blockquote", "list"]  # rules that ask this one whether they end
    parser.block.ruler.before("table", "count", _count_block, {"alt": enclosing})
    parser.inline.ruler.before("text", "count", _count_inline)
    parser.core.ruler.push("adjust", _adjust)
    parser.core.ruler.push("check_boxes", _check_boxes)
    parser.add_render_rule("math_inline", _maths("inline"))
    parser.add_render_rule("math_inline_double", _maths("block"))
    parser.add_render_rule("math_block", _maths("block"))
    parser.add_render_rule("image", _image)
    parser.add_render_rule("citation", _place_of_citation)
    parser.add_render_rule("code_block", _indented_code)
    parser.add_render_rule("fence", _fenced_code)
    parser.add_render_rule("table_open", _fixed('<div class="scroll" tabindex="0"><table>'))
    parser.add_render_rule("table_close", _fixed("</table></div>"))
    return parser


# The parser keeps the state of a parse in the call, so all threads share one.
_markdown = _parser()
_cache = SizedCache[SafeString](MAX_CACHE_SIZE)
