"""What apps above chat add to the context of replies: each registers its kind in its `context_sources.py`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.replies.context import Piece, PieceKind
from search.filters import Filter
from search.queries import Hit, Mode, find


@dataclass(frozen=True)
class SourceRow:
    """A row that was given to a reply, as it is now. `fading`: a card that the user is forgetting."""

    title: str
    url: str
    at: datetime
    fading: bool = False


@dataclass(frozen=True)
class Question:
    """What a reply answers. `left_out` are the ids of rows that the user has left out of the conversation."""

    owner_id: UUID
    conversation_id: UUID
    text: str
    left_out: Collection[UUID] = ()


@dataclass(frozen=True)
class ContextSource:
    """One kind of piece.

    `find` returns a few pieces about the question, best first, and none that is unrelated. It may raise
    EmbedderUnavailable or IndexUnavailable. `rows` takes the ids of owners and of rows, and returns the rows of these
    owners that still exist.
    """

    kind: PieceKind
    find: Callable[[Question], list[Piece]]
    rows: Callable[[Collection[UUID], Collection[UUID]], Mapping[UUID, SourceRow]]


def find_rows(
    *, table: str, question: Question, at_least: float, limit: int, filters: Sequence[Filter] = ()
) -> dict[UUID, Hit]:
    """The rows of this table about the question, best first, by their ids.

    Raises EmbedderUnavailable or IndexUnavailable.
    """
    result = find(
        owner_id=question.owner_id,
        table=table,
        query=question.text,
        mode=Mode.HYBRID,
        filters=filters,
        limit=limit,
        operators=False,
        without=question.left_out,
    )
    return {hit.entity_id: hit for hit in result.hits if hit.score >= at_least}


_sources: dict[PieceKind, ContextSource] = {}


def register(source: ContextSource) -> None:
    _sources[source.kind] = source


def registered() -> list[ContextSource]:
    """By kind, so that the order does not depend on that of the apps."""
    return [_sources[kind] for kind in sorted(_sources)]
