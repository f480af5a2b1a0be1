"""Text to HTML: the one way from what a model or a person wrote to what a browser shows.

Markdown is rendered with raw HTML off, and what comes out is sanitised as if it were hostile: two walls, so
that a hole in one is not a hole in the page.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import nh3
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

from base.stop_words import STOP_WORDS
from base.text import storable

LONGEST = 120_000  # characters; a message has at most 100,000
# Past these the parser's time grows out of bounds (6.5 s for 100 KB of "[", 63 s of "$$"): no real text has so many.
MOST_BRACKETS = 2_000
MOST_DISPLAY_MATHS = 1_000
WIDE_TABLE = re.compile(r"^(?:[^|\n]*\|){100}", re.MULTILINE)
LONGEST_HIGHLIGHTED = 20_000  # characters of one code block that are coloured
MOST_WORDS = 40
# Colouring is offered for these only: a lexer is a pile of regular expressions, and some can be made to run for long.
NAMES_OF_LANGUAGES = """
bash c c++ cpp cs csharp css dart diff django docker dockerfile elixir erlang go golang graphql haskell hs html http
ini java javascript js json jsx julia kotlin latex lua make makefile markdown matlab md nginx objc perl php powershell
py python r rb rs ruby rust scala scss sh shell sql swift tex toml ts tsx typescript xml yaml yml zig zsh
"""
LANGUAGES: Final = frozenset(NAMES_OF_LANGUAGES.split())
SIDES: Final = {f"text-align:{side}": side for side in ("left", "right", "center")}
NAMES_OF_TAGS = """
a blockquote br code del div em h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul
"""
TAGS: Final = frozenset(NAMES_OF_TAGS.split())
CLASSES: Final = {
    "span": {"math", "inline", "block", *filter(None, STANDARD_TYPES.values())},
    "div": {"scroll"},
    "th": set(SIDES.values()),
    "td": set(SIDES.values()),
}
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "ol": {"start"},
    "pre": {"data-language", "tabindex"},
    "div": {"tabindex"},
}


def render_markdown(text: str) -> SafeString:
    """Safe HTML of Markdown that anybody wrote; never raises.

    Images become their words and address (a remote image tells its server what was read), links open apart and
    only to http, https and mailto. Maths is `<span class="math inline|block">` around its TeX. Text that would
    take too long to parse is shown as it was written.
    """
    text = storable(text)
    if _too_costly(text):
        return _as_written(text)
    try:
        return _sanitise(_markdown.render(text))
    except RecursionError:
        return _as_written(text)


def highlight(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with each of `words` inside `<mark>`; words of scripts with case match at a word's start."""
    text = storable(text)
    wanted = [word for word in words[:MOST_WORDS] if word.strip()]
    # Stop words are marked only if the search consists of nothing else: "the" in every line would hide the others.
    marked = [word for word in wanted if word.lower() not in STOP_WORDS] or wanted
    patterns = [_pattern(word) for word in sorted(marked, key=len, reverse=True)]
    if not patterns:
        return escape(text)
    pieces = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    # re.split with one group alternates: text, match, text, match, …
    return format_html_join(
        "", "{}{}", ((piece, _mark(match)) for piece, match in zip(pieces[::2], [*pieces[1::2], ""], strict=True))
    )


def _mark(match: str) -> SafeString:
    return format_html("<mark>{}</mark>", match) if match else SafeString()


def _pattern(word: str) -> str:
    pattern = re.escape(storable(word.strip()))
    if word.lower() == word.upper():
        return pattern  # a script without case, and often without blanks between words
    ending = r"(?:\w{1,3}(?!\w))?" if len(word) > 3 else ""  # "cell" marks all of "cells"
    return rf"(?<!\w){pattern}{ending}"


def _too_costly(text: str) -> bool:
    return (
        len(text) > LONGEST
        or text.count("[") > MOST_BRACKETS
        or text.count("$$") > MOST_DISPLAY_MATHS
        or WIDE_TABLE.search(text) is not None
    )


def _as_written(text: str) -> SafeString:
    return format_html('<pre tabindex="0">{}</pre>', text)


def _sanitise(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
    return SafeString(clean)  # the one place where a person's or a model's text becomes HTML


def _code(text: str, language: str, _attributes: str) -> str:
    """A whole `<pre>`: with tabindex, so that the keyboard can scroll it."""
    language = language.lower()
    if language not in LANGUAGES or len(text) > LONGEST_HIGHLIGHTED:
        return format_html('<pre tabindex="0"><code>{}</code></pre>', text)
    coloured = pygmentize(text, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
    return f'<pre tabindex="0" data-language="{language}"><code>{coloured}</code></pre>'


def _adjust(state: StateCore) -> None:
    """Headings go below the page's own two levels; cells say their side in a class, as the CSP forbids styles."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        side = SIDES.get(str(token.attrs.pop("style", "")))
        if side:
            token.attrs["class"] = side


def _check_boxes(state: StateCore) -> None:
    """`- [x] done`: the box as a character, since a disabled input is a form control that does nothing."""
    for before, token in zip(state.tokens[1:], state.tokens[2:], strict=False):
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is None or before.type != "paragraph_open" or first.type != "text":
            continue
        if before.level >= 2 and re.match(r"\[[ xX]\] ", first.content):
            first.content = ("☐" if first.content[1] == " " else "☑") + first.content[3:]


def _maths(kind: str) -> Callable[..., str]:
    def render(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        return format_html('<span class="math {}">{}</span>', kind, tokens[index].content.strip())

    return render


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    words = self.renderInlineAsText(tokens[index].children, options, env)
    return format_html("{} ({})", words, tokens[index].attrs.get("src", ""))


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


# Parsing keeps its state in the call, so one parser serves all threads.
_markdown = _parser()
