"""Markdown as plain text: the same words in the same order, without the markup.

A line of code begins with four spaces, and no other line does, so whoever shows the text knows what is code. Each
expression reads a line once: rendering 8 KB of Markdown to HTML takes 26 ms, and an index has 100,000 messages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CODE_INDENT: Final = " " * 4

_FENCE = re.compile(r"([ \t>]*)(`{3,}|~{3,})([^`]*)$")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)(.*)$")
_RULE = re.compile(r"[ \t]*(?:[-=*_][ \t]*){3,}$")
_PREFIX = re.compile(r"(?:[ \t]*>)*[ \t]*")
_BULLET = re.compile(r"[-*+][ \t]+")
_NUMBER = re.compile(r"\d{1,9}[.)][ \t]")
_HEADING = re.compile(r"#{1,6}(?:[ \t]+|$)")
_CELLS_BORDER = re.compile(r"[|:\s-]+$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)([^`]+)\1(?!`)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(((?:[^()]|\([^()]*\))*)\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]*)>")
_DELIMITER = re.compile(r"\*{1,3}|_{1,3}|~~")
_ESCAPE = re.compile(r"\\([*_`#\[\]<>~|-])")
# Between these characters and a letter a delimiter is markup also without a space: "这是**重点**内容".
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


def plain_text(markdown: str) -> str:
    return "\n".join(_Lines().read(markdown))


@dataclass
class _Lines:
    """What the lines so far say about the next one. `fence` is what opened the code block that it is in."""

    fence: str = ""
    fence_indent: int = 0
    in_list: bool = False
    after_blank: bool = True
    in_code: bool = False

    def read(self, markdown: str) -> Iterator[str]:
        for line in markdown.splitlines():
            yield from self._fenced(line) if self.fence else self._unfenced(line.rstrip())

    def _fenced(self, line: str) -> Iterator[str]:
        stripped = line.strip(" \t>")
        if stripped.startswith(self.fence) and not stripped.strip(self.fence[0]):
            self.fence = ""
        else:
            indent = min(self.fence_indent, len(line) - len(line.lstrip(" \t>")))
            yield CODE_INDENT + line[indent:].rstrip()

    def _unfenced(self, line: str) -> Iterator[str]:
        fence = _FENCE.match(line)
        indented = _INDENTED.match(line)
        if fence:
            self.fence, self.fence_indent = fence[2], len(fence[1])
            yield from [fence[3].strip()] if fence[3].strip() else []
            return
        self.in_code = bool(indented and not self.in_list and (self.after_blank or self.in_code))
        self.after_blank = not line
        if self.in_code and indented:
            yield CODE_INDENT + indented[1]
        elif not _RULE.match(line) and not ("|" in line and "-" in line and _CELLS_BORDER.match(line)):
            yield self._prose(line)

    def _prose(self, line: str) -> str:
        text = line[_match_end(_PREFIX, line) :]
        bullet = _BULLET.match(text)
        if bullet or _NUMBER.match(text):
            self.in_list = True
        elif line and not line[0].isspace():
            self.in_list = False
        if bullet:
            return "• " + _inline(text[bullet.end() :])
        if _HEADING.match(text):
            return _inline(text[_match_end(_HEADING, text) :].rstrip("# \t"))
        if text.startswith("|"):
            return " · ".join(filter(None, (_inline(cell.strip()) for cell in text.strip("|").split("|"))))
        return _inline(text)


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _inline(text: str) -> str:
    """The text of one line, with code spans as they are."""
    pieces, position = [], 0
    for span in _CODE_SPAN.finditer(text):
        pieces += [_without_markup(text[position : span.start()]), span[2].strip()]
        position = span.end()
    return "".join([*pieces, _without_markup(text[position:])]).strip()


def _without_markup(text: str) -> str:
    text = _LINK.sub(_link_text, text)
    text = _AUTOLINK.sub(r"\1", text)
    return _ESCAPE.sub(r"\1", _without_emphasis(text))


def _link_text(link: re.Match[str]) -> str:
    """The URL stays, because it is searched for, too."""
    text, target = link[1].strip(), link[2].strip()
    return f"{text} ({target})" if text and target else text or target


def _without_emphasis(text: str) -> str:
    opened: dict[str, re.Match[str]] = {}
    dropped: set[int] = set()
    for run in _DELIMITER.finditer(text):
        before, after = text[max(run.start() - 1, 0) : run.start()], text[run.end() : run.end() + 1]
        opening = opened.get(run[0])
        if opening and not before.isspace() and _outside(after) and _is_emphasis(opening, run, text):
            dropped |= {*range(*opening.span()), *range(*run.span())}
            del opened[run[0]]
        elif after and not after.isspace() and _outside(before):
            opened[run[0]] = run
    if not dropped:
        return text
    return "".join(character for position, character in enumerate(text) if position not in dropped)


def _outside(character: str) -> bool:
    return not (character.isalnum() or character in ("_", "\\")) or bool(_UNSPACED.match(character))


def _is_emphasis(opening: re.Match[str], closing: re.Match[str], text: str) -> bool:
    """`__init__` is a name that somebody wrote without backticks."""
    return opening[0] != "__" or text.find(" ", opening.end(), closing.start()) >= 0
