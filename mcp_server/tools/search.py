"""The tool that searches everything."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.models import User
from base.api.values import Choice
from mcp_server.registry import ToolInput, tool
from mcp_server.uris import uri_of
from search import joint_search
from search.joint_search import SearchResult, SearchResults
from search.queries import Mode

MAX_TEXT = 1_000  # characters of a result's text


class Search(ToolInput):
    query: Annotated[str, Field(max_length=1_000, description="Words or a question. “Quoted words” must occur.")]
    kinds: Annotated[
        list[str], Field(max_length=10, description="message, card, goal, memory; all of them if empty.")
    ] = []
    mode: Annotated[Choice[Mode], Field(description="By keywords, by meaning, or by both.")] = Mode.HYBRID
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class FoundOut(BaseModel):
    """`text` is the part that matches best. `uri` names the resource with all of it, of a message its conversation."""

    kind: str
    id: UUID
    uri: str
    title: str
    text: str
    score: float

    @classmethod
    def of(cls, result: SearchResult) -> Self:
        kind, row = result.kind.name, result.row
        resource = row.conversation if kind == "message" else row
        return cls(
            kind=kind,
            id=row.pk,
            uri=uri_of(resource),
            title=str(row.project if kind == "memory" else resource),
            text=result.text[:MAX_TEXT],
            score=round(result.score, 4),
        )


class SearchAnswer(BaseModel):
    """Best first. `counts` has how many results each kind has, at most 100. `notice` says what could not be done."""

    items: list[FoundOut]
    counts: dict[str, int]
    notice: str | None

    @classmethod
    def of(cls, results: SearchResults) -> Self:
        return cls(
            items=[FoundOut.of(result) for result in results.items],
            counts=dict(results.counts),
            notice=str(results.notice) if results.notice else None,
        )


@tool("Search everything")
def search(owner: User, given: Search) -> SearchAnswer:
    """Find messages, cards, goals and memories of the user by words and by meaning, the best first.

    Scores are between 0 and 1. Results that are hardly about the query are left out.
    """
    return SearchAnswer.of(
        joint_search.search(owner=owner, query=given.query, kinds=given.kinds, mode=given.mode, limit=given.limit)
    )
