"""What a card shows before and after it is turned."""

from dataclasses import dataclass

from flashcards.content import cloze


@dataclass(frozen=True)
class Faces:
    """Both sides as Markdown."""

    front: str
    back: str


def faces(*, kind: str, ordinal: int, question: str, answer: str) -> Faces:
    """The sides of one card of a note; `ordinal` is 1 for the reversed card and the gap's number for a cloze."""
    if kind == "cloze":
        remark = f"\n\n{answer}" if answer and answer not in question else ""
        return Faces(cloze.question(question, ordinal), cloze.answer(question, ordinal) + remark)
    return Faces(answer, question) if ordinal else Faces(question, answer)


def ordinals(*, kind: str, question: str) -> list[int]:
    """Which cards a note has; none for a cloze without a gap."""
    if kind == "cloze":
        return cloze.numbers(question)
    return [0, 1] if kind == "reverse" else [0]
