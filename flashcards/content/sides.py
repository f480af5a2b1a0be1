"""The two sides of a card."""

from dataclasses import dataclass

from flashcards.content import cloze


@dataclass(frozen=True)
class Sides:
    """Both sides as Markdown."""

    front: str
    back: str


def sides(*, kind: str, ordinal: int, question: str, answer: str) -> Sides:
    """The sides of one card of a note. `ordinal` is 1 for the reversed card, and the gap's number for a cloze."""
    if kind == "cloze":
        remark = f"\n\n{answer}" if answer and answer not in question else ""
        return Sides(cloze.question(question, ordinal), cloze.answer(question, ordinal) + remark)
    return Sides(answer, question) if ordinal else Sides(question, answer)


def ordinals(*, kind: str, question: str) -> list[int]:
    """The ordinals of a note's cards; none for a cloze without a gap."""
    if kind == "cloze":
        return cloze.gap_numbers(question)
    return [0, 1] if kind == "reverse" else [0]
