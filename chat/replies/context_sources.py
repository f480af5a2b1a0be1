"""What apps above chat add to the context of replies: each registers its kind in its `context_sources.py`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.replies.context import Piece, PieceKind
from search.filters import Filter
from search.queries import Mode, find


@dataclass(frozen=True)
class SourceRow:
    """A row that was given to a reply, as it is now. `fading`: a card that the user is forgetting."""

    title: str
    url: str
    at: datetime
    fading: bool = False


@dataclass(frozen=True)
class ContextSource:
    """One kind of piece.

    `find` takes the owner's id, a question, and the ids that the user has left out of the conversation. It returns a
    few pieces about the question, best first, and none that is unrelated. It may raise EmbedderUnavailable or
    IndexUnavailable. `rows` takes the ids of owners and of rows, and returns the rows of these owners that still exist.
    """

    kind: PieceKind
    find: Callable[[UUID, str, Collection[UUID]], list[Piece]]
    rows: Callable[[Collection[UUID], Collection[UUID]], Mapping[UUID, SourceRow]]


def find_rows(
    *,
    table: str,
    owner_id: UUID,
    question: str,
    left_out: Collection[UUID],
    at_least: float,
    limit: int,
    filters: Sequence[Filter] = (),
) -> dict[UUID, float]:
    """The ids of the rows of this table about the question, best first, with their scores.

    Raises EmbedderUnavailable or IndexUnavailable.
    """
    result = find(
        owner_id=owner_id,
        table=table,
        query=question,
        mode=Mode.HYBRID,
        filters=filters,
        limit=limit,
        operators=False,
        without=left_out,
    )
    return {hit.entity_id: hit.score for hit in result.hits if hit.score >= at_least}


_sources: dict[PieceKind, ContextSource] = {}


def register(source: ContextSource) -> None:
    _sources[source.kind] = source


def registered() -> list[ContextSource]:
    """By kind, so that the order does not depend on that of the apps."""
    return [_sources[kind] for kind in sorted(_sources)]
