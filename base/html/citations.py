"""Citations in Markdown: numbers of sources in square brackets, such as [1], [1, 3] or [1][3]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# Before "(" it would be a link.
_CITATION = re.compile(r"\[(\d{1,3}(?:\s{0,3}[,;]\s{0,3}\d{1,3}){0,20})\](?!\()")
_NUMBER = re.compile(r"\d+")
_BEGINNING = re.compile(r"\[\d")
_PLACE = re.compile(r'<sup class="cite">(\d+)</sup>')


@dataclass(frozen=True)
class Source:
    """What a citation links to. `preview` is its tooltip. Without a URL the number stays without a link."""

    url: str
    preview: str


def may_cite(text: str) -> bool:
    return _BEGINNING.search(text) is not None


def place_of_citation(number: str) -> SafeString:
    """The place of a citation in HTML that is sanitized and cached without the user's texts."""
    return format_html('<sup class="cite">{}</sup>', number)


def link_citations(html: SafeString, sources: Mapping[int, Source]) -> SafeString:
    """Sanitized HTML with a link at each place of a citation."""
    if not sources:
        return html
    # re.split with one group alternates: HTML, number, HTML, …
    parts = _PLACE.split(html)
    linked = [_link(int(number), sources[int(number)]) for number in parts[1::2]]
    return format_html_join("", "{}{}", zip(map(SafeString, parts[::2]), [*linked, ""], strict=True))


def _link(number: int, source: Source) -> SafeString:
    if not source.url:
        return format_html('<sup class="cite">[{}]</sup>', number)
    name = _("Source {number}").format(number=number)
    return format_html(
        '<sup class="cite">[<a href="{}" title="{}" aria-label="{}">{}</a>]</sup>',
        source.url,
        source.preview,
        name,
        number,
    )


def citations_plugin(parser: MarkdownIt) -> None:
    """Make a token `citation` of each number in `env["sources"]` that the text cites; other numbers stay text.

    Code, maths and the texts of links have no citations. A citation is found before a link whose address the text
    defines elsewhere, so a text cannot redirect it.
    """
    parser.inline.ruler.before("link", "citation", _citation)


def _citation(state: StateInline, silent: bool) -> bool:
    # A silent call looks for the end of a link's text, in which a citation would be a link inside a link.
    if silent or state.linkLevel:
        return False
    sources: set[int] = state.env.get("sources", set())
    match = _CITATION.match(state.src, state.pos, state.posMax) if sources else None
    numbers = [int(number) for number in _NUMBER.findall(match[1])] if match else []
    if match is None or sources.isdisjoint(numbers):
        return False
    for number in numbers:
        is_source = number in sources
        token = state.push("citation" if is_source else "text", "", 0)
        token.content = str(number) if is_source else f"[{number}]"
    state.pos = match.end()
    return True
