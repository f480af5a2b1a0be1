"""Citations in Markdown: numbers of sources in square brackets, such as [1], [1, 3] or [1][3]."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# Before "(" it would be a link.
_CITATION = re.compile(r"\[(\d{1,3}(?:\s{0,3}[,;]\s{0,3}\d{1,3}){0,20})\](?!\()")
_NUMBER = re.compile(r"\d+")


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
