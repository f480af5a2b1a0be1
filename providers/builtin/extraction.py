"""What the built-in tutor finds to say: sentences of memory and of pasted notes, never words of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from providers.builtin.relevance import central, nearest
from providers.builtin.sentences import keywords, sentences, words
from providers.types import Prompt

MOST_QUOTES = 5
MOST_POINTS = 7
# Below this a message is a question; above it, it holds notes.
LEAST_NOTES_WORDS = 20
LEAST_NOTES_SENTENCES = 3


@dataclass(frozen=True)
class Quote:
    """One sentence as it stands in the source; `number` is that of the extract, 0 for the person's own message."""

    number: int
    sentence: str


@dataclass(frozen=True)
class Findings:
    """`points`: what the notes in the message come to. `quotes`: what answers the question."""

    question: str
    points: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


def look_up(prompt: Prompt, skip: Collection[str] = ()) -> Findings:
    """`skip`: sentences that say nothing, such as the tutor's own around its quotes."""
    message = next((turn.content for turn in reversed(prompt.turns) if turn.role == "user"), "")
    parts = sentences(message)
    if not _holds_notes(message, parts):
        return Findings(message, quotes=_quotes(_in_context(message, prompt), prompt, own=[], skip=skip))
    question = " ".join(part for part in parts if part.endswith(("?", "？")))
    notes = [part for part in parts if not part.endswith(("?", "？"))]
    points = tuple(notes[index] for index in sorted(central(notes, limit=MOST_POINTS)))
    quotes = _quotes(question, prompt, own=notes, skip=skip) if question else ()
    return Findings(question, () if quotes else points, quotes)


def _holds_notes(message: str, parts: list[str]) -> bool:
    return len(parts) >= LEAST_NOTES_SENTENCES and len(words(message)) >= LEAST_NOTES_WORDS


def _in_context(message: str, prompt: Prompt) -> str:
    """A bare "and why?" is about what was asked before it."""
    if keywords(message):
        return message
    asked = [turn.content for turn in prompt.turns if turn.role == "user" and len(turn.content) < 500]
    return " ".join(asked[-2:])


def _quotes(question: str, prompt: Prompt, *, own: list[str], skip: Collection[str]) -> tuple[Quote, ...]:
    known = [Quote(0, sentence) for sentence in own]
    for extract in prompt.extracts:
        known.extend(Quote(extract.number, sentence) for sentence in sentences(extract.text))
    known = list({quote.sentence.casefold(): quote for quote in reversed(known)}.values())[::-1]
    # A remembered question is no answer.
    known = [quote for quote in known if quote.sentence not in skip and not quote.sentence.endswith(("?", "？"))]
    return tuple(known[index] for index in nearest(question, [quote.sentence for quote in known], limit=MOST_QUOTES))
