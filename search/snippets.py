"""The part of a text that shows why it was found, as safe HTML: the words of the query marked, code in mono."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from base.html.plain_text import CODE_INDENT
from base.stop_words import STOP_WORDS
from base.text import storable
from search.ranking.words import spans

MAX_LENGTH, BEFORE_MATCH = 320, 100  # characters
MAX_MARKED = 500  # words of one text; a snippet shows some forty
MAX_QUERY_LENGTH = 2_000  # characters
# The targets of links. They are not shown, unless a word of the query is in one of them.
_TARGET = re.compile(r" \([a-z]{3,10}://[^\s()]*\)")

_LANGUAGE = re.compile(r"[\w+#.-]{1,20}")  # of a block of code, in the line before it


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    stem: str


@dataclass(frozen=True)
class Marker:
    """Marks whole words with the stems of a query: "running" marks "run" and "runs", but no part of "trunk"."""

    stems: frozenset[str]

    @classmethod
    def of(cls, query: str) -> "Marker":
        """Stop words are marked only if there is nothing else: "the" in every line would hide the others."""
        query = query[:MAX_QUERY_LENGTH]
        found = [(query[start:end].lower(), stems) for start, end, stems in spans(query)]
        telling = [stems for word, stems in found if word not in STOP_WORDS] or [stems for _word, stems in found]
        return cls(frozenset(stem for stems in telling for stem in stems))

    def snippet(self, text: str) -> SafeString:
        """An excerpt of a plain text (`base.html.plain_text`) where most words of the query stand together."""
        flat = _Flat.of(storable(text))
        marks = self._marks(flat.text)
        flat, marks = self._without_targets(flat, marks)
        start, end = _window(flat.text, marks)
        excerpt = _joined(flat.html(start, end, marks))
        return format_html("{}{}{}", "… " if start else "", excerpt, " …" if end < len(flat.text) else "")

    def _marks(self, text: str) -> list[_Mark]:
        marks: list[_Mark] = []
        for start, end, stems in spans(text):
            stem = next((stem for stem in stems if stem in self.stems), None)
            if stem is not None:
                marks.append(_Mark(start, end, stem))
                if len(marks) == MAX_MARKED:
                    break
        return marks

    def _without_targets(self, flat: "_Flat", marks: list[_Mark]) -> "tuple[_Flat, list[_Mark]]":
        targets = [match.span() for match in _TARGET.finditer(flat.text)]
        targets = [(a, b) for a, b in targets if not any(a <= mark.start < b for mark in marks)]
        if not targets:
            return flat, marks
        shorter = flat.without(targets)
        return shorter, self._marks(shorter.text)


@dataclass(frozen=True)
class _Flat:
    """A text in one line, but for the lines of its code, which is between the positions in `code`."""

    text: str
    code: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> "_Flat":
        pieces: list[str] = []
        code: list[tuple[int, int]] = []
        length, in_code = 0, False
        lines = text.splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=False):
            is_code = line.startswith(CODE_INDENT)
            if _LANGUAGE.fullmatch(line) and following.startswith(CODE_INDENT):
                continue
            piece = line[len(CODE_INDENT) :].rstrip() if is_code else " ".join(line.split())
            if not piece.strip():
                continue
            separator = "" if not pieces else "\n" if is_code and in_code else " "
            start = length + len(separator)
            pieces += [separator, piece]
            length = start + len(piece)
            if is_code and in_code:
                code[-1] = code[-1][0], length
            elif is_code:
                code.append((start, length))
            in_code = is_code
        return cls("".join(pieces), tuple(code))

    def without(self, ranges: list[tuple[int, int]]) -> "_Flat":
        """Ranges in code stay."""
        kept = [(a, b) for a, b in ranges if not any(start < b and a < end for start, end in self.code)]

        def moved(position: int) -> int:
            return position - sum(b - a for a, b in kept if b <= position)

        pieces, position = [], 0
        for a, b in kept:
            pieces.append(self.text[position:a])
            position = b
        text = "".join([*pieces, self.text[position:]])
        return _Flat(text, tuple((moved(start), moved(end)) for start, end in self.code))

    def html(self, start: int, end: int, marks: list[_Mark]) -> Iterator[SafeString]:
        position = start
        for a, b in self.code:
            first, last = max(a, start), min(b, end)
            if first < last:
                yield from _marked(self.text, position, first, marks)
                yield format_html("<code>{}</code>", _joined(_marked(self.text, first, last, marks)))
                position = last
        yield from _marked(self.text, position, end, marks)


def _joined(pieces: Iterator[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _marked(text: str, start: int, end: int, marks: list[_Mark]) -> Iterator[SafeString]:
    position = start
    for first, last in _merged(marks):
        if first < end and last > position:
            yield escape(text[position : max(first, position)])
            yield format_html("<mark>{}</mark>", text[max(first, position) : min(last, end)])
            position = min(last, end)
    yield escape(text[position:end])


def _merged(marks: list[_Mark]) -> list[tuple[int, int]]:
    """Pairs of characters overlap."""
    merged: list[tuple[int, int]] = []
    for mark in marks:
        if merged and mark.start < merged[-1][1]:
            merged[-1] = merged[-1][0], mark.end
        else:
            merged.append((mark.start, mark.end))
    return merged


def _window(text: str, marks: list[_Mark]) -> tuple[int, int]:
    """Where the excerpt begins and ends: around the most different marked words, cut at spaces."""
    start = max(0, _best_start(marks) - BEFORE_MATCH)
    if start:
        start = text.find(" ", start, start + BEFORE_MATCH // 2) + 1 or start
    end = start + MAX_LENGTH
    if end < len(text):
        end = max(text.rfind(" ", end - BEFORE_MATCH // 2, end), end - BEFORE_MATCH // 2)
    return start, min(end, len(text))


def _best_start(marks: list[_Mark]) -> int:
    best, most = 0, 0
    for number, mark in enumerate(marks):
        within = {other.stem for other in marks[number : number + 40] if other.end <= mark.start + MAX_LENGTH // 2}
        if len(within) > most:
            best, most = mark.start, len(within)
    return best
