"""The request and response bodies of searches of memories."""

from typing import Annotated, Any, Self

from ninja import Field
from pydantic import BaseModel

from base.api.schemas import RequestBody
from base.api.values import Choice, Day
from memories.records.values import MAX_TAGS
from memories.schemas import Label, MemoryOut, ProjectName, Tag
from memories.search.filters import MAX_PROJECTS, MemoryFilters
from memories.search.queries import MAX_RESULTS, FoundMemory, MemoryResults
from search.queries import Mode

Projects = Annotated[list[ProjectName], Field(max_length=MAX_PROJECTS)]


class MemorySearch(RequestBody):
    """Without a `query`, the newest memories that pass the filters.

    `project` is a name or several; archived projects are searched only if they are named. Both dates are included. A
    memory must have all of the `tags`, and contain all of `where`: {"status": "open"}.
    """

    query: str = Field("", max_length=2_000)
    project: ProjectName | Projects | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    task: Label | None = None
    component: Label | None = None
    tags: list[Tag] = Field([], max_length=MAX_TAGS)
    where: dict[str, Any] = {}
    mode: Choice[Mode] = Mode.HYBRID
    limit: int = Field(20, ge=1, le=MAX_RESULTS)

    def filters(self) -> MemoryFilters:
        """Raises InvalidWhere."""
        return MemoryFilters(
            projects=[self.project] if isinstance(self.project, str) else self.project,
            **self.model_dump(include={"date_from", "date_to", "task", "component", "tags", "where"}),
        )


class FoundMemoryOut(BaseModel):
    """`text` is the part of the memory that matches best, `highlight` an excerpt of it as safe HTML.

    Why it matches: `words` are those of the query that the text has, and `meaning` says that its meaning is near.
    """

    memory: MemoryOut
    score: float
    text: str
    highlight: str
    words: list[str]
    meaning: bool

    @classmethod
    def of(cls, found: FoundMemory) -> Self:
        return cls(
            memory=MemoryOut.of(found.memory),
            score=found.score,
            text=found.text,
            highlight=found.highlight,
            words=list(found.words),
            meaning=found.meaning,
        )


class MemorySearchAnswer(BaseModel):
    """`notice` says what the search could not do, such as finding by meaning without the embedding model."""

    items: list[FoundMemoryOut]
    notice: str | None = None

    @classmethod
    def of(cls, results: MemoryResults) -> Self:
        return cls(items=[FoundMemoryOut.of(found) for found in results.items], notice=results.notice)
