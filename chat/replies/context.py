"""What a reply is given of its user's memory: numbered pieces, stored on the reply, of which its text cites some."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict
from uuid import UUID

from django.db.models import Model

from base.html.markdown import cited_numbers
from chat.replies.prompts import ContextExtract

MAX_EXCERPT_LENGTH = 300  # characters


class PieceKind(StrEnum):
    MESSAGE = "message"
    CARD = "card"
    MEMORY = "memory"
    PASSAGE = "passage"


class StoredPiece(TypedDict):
    """One entry of `Message.context`. `id` is that of a row of this kind, and `conversation_id` that of a message.

    `cited` is false until the reply ends. `fading`: a card that the user was forgetting.
    """

    number: int
    kind: str
    id: str
    conversation_id: str | None
    title: str
    excerpt: str
    reason: str
    cited: bool
    fading: NotRequired[bool]


class Citation(TypedDict):
    """One entry of `Message.citations`."""

    number: int
    message_id: str
    conversation_id: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class Piece:
    """A row that was retrieved. The extract is what the prompt quotes of it; `reason` tells the user why.

    The extract of a message has the other half of its exchange, too. `title` is for the user, where it differs from
    that of the extract.
    """

    kind: PieceKind
    source: Model
    extract: ContextExtract
    excerpt: str
    reason: str
    score: float
    conversation_id: UUID | None = None
    title: str = ""

    def stored(self, number: int) -> StoredPiece:
        stored = StoredPiece(
            number=number,
            kind=self.kind.value,
            id=str(self.source.pk),
            conversation_id=str(self.conversation_id) if self.conversation_id else None,
            title=self.title or self.extract.title,
            excerpt=self.excerpt[:MAX_EXCERPT_LENGTH],
            reason=self.reason,
            cited=False,
        )
        return {**stored, "fading": True} if self.extract.fading else stored


def number_pieces(pieces: Iterable[Piece], *, earlier: Sequence[StoredPiece]) -> dict[int, Piece]:
    """The pieces by number. Those in `earlier`, which the text so far may cite, keep theirs; others get the next."""
    known = {(stored["kind"], UUID(stored["id"])): stored["number"] for stored in earlier}
    following = max(known.values(), default=0)
    numbered: dict[int, Piece] = {}
    for piece in pieces:
        number = known.get((piece.kind.value, piece.source.pk))
        if number is None:
            number = following = following + 1
        numbered[number] = piece
    return numbered


def stored_context(pieces: Mapping[int, Piece], *, earlier: Sequence[StoredPiece]) -> list[StoredPiece]:
    """What the reply was given before and now, by number."""
    stored = {piece["number"]: piece for piece in earlier}
    stored.update({number: piece.stored(number) for number, piece in pieces.items()})
    return [stored[number] for number in sorted(stored)]


def with_cited(context: Sequence[StoredPiece], text: str) -> list[StoredPiece]:
    """The context with `cited` as the text has it."""
    cited = cited_numbers(text, [piece["number"] for piece in context])
    return [{**piece, "cited": piece["number"] in cited} for piece in context]


def citations_of(context: Sequence[StoredPiece]) -> list[Citation]:
    """The messages that are cited, as `Message.citations` has them."""
    return [
        Citation(
            number=piece["number"],
            message_id=piece["id"],
            conversation_id=piece["conversation_id"] or "",
            title=piece["title"],
            excerpt=piece["excerpt"],
        )
        for piece in context
        if piece["cited"] and piece["kind"] == PieceKind.MESSAGE
    ]
