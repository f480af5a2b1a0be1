"""Extractive answers: the built-in tutor quotes retrieved text and pasted notes, and adds no words of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from providers.builtin.relevance import central, nearest
from providers.builtin.sentences import keywords, sentences, words
from providers.types import Prompt

MAX_QUOTES = 5
MAX_POINTS = 7
# A shorter message is a question; a longer one contains notes.
MIN_NOTES_WORDS = 20
MIN_NOTES_SENTENCES = 3


@dataclass(frozen=True)
class Quote:
    """One sentence of the source, unchanged; `number` is the extract's number, or 0 for the user's own message."""

    number: int
    sentence: str


@dataclass(frozen=True)
class ExtractedAnswer:
    """`points`: the central sentences of the notes in the message. `quotes`: the sentences that answer the question."""

    question: str
    points: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


def extract_answer(prompt: Prompt, skip: Collection[str] = ()) -> ExtractedAnswer:
    """The answer to the newest message. `skip`: sentences not to quote, such as those that the tutor adds itself."""
    message = next((turn.content for turn in reversed(prompt.turns) if turn.role == "user"), "")
    parts = sentences(message)
    if not _contains_notes(message, parts):
        return ExtractedAnswer(message, quotes=_quotes(_with_context(message, prompt), prompt, own=[], skip=skip))
    question = " ".join(part for part in parts if _is_question(part))
    notes = [part for part in parts if not _is_question(part)]
    points = tuple(notes[index] for index in sorted(central(notes, limit=MAX_POINTS)))
    quotes = _quotes(question, prompt, own=notes, skip=skip) if question else ()
    return ExtractedAnswer(question, () if quotes else points, quotes)


def _is_question(sentence: str) -> bool:
    return sentence.endswith(("?", "？"))


def _contains_notes(message: str, parts: list[str]) -> bool:
    return len(parts) >= MIN_NOTES_SENTENCES and len(words(message)) >= MIN_NOTES_WORDS


def _with_context(message: str, prompt: Prompt) -> str:
    """The message, together with the question before it if it has no keywords of its own, like “and why?”."""
    if keywords(message):
        return message
    questions = [turn.content for turn in prompt.turns if turn.role == "user" and len(turn.content) < 500]
    return " ".join(questions[-2:])


def _quotes(question: str, prompt: Prompt, *, own: list[str], skip: Collection[str]) -> tuple[Quote, ...]:
    candidates = [Quote(0, sentence) for sentence in own]
    for extract in prompt.extracts:
        candidates.extend(Quote(extract.number, sentence) for sentence in sentences(extract.text))
    candidates = list({quote.sentence.casefold(): quote for quote in reversed(candidates)}.values())[::-1]
    # An earlier question is not an answer.
    candidates = [quote for quote in candidates if quote.sentence not in skip and not _is_question(quote.sentence)]
    texts = [quote.sentence for quote in candidates]
    return tuple(candidates[index] for index in nearest(question, texts, limit=MAX_QUOTES))
