"""How goals are indexed for search."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from base.html.plain_text import plain_text
from goals.models import Goal
from search.registry import Column, Document, Entity, register

COLUMNS = (Column("status", "text"), Column("target_date", "time"), Column("created_at", "time"))


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for goal in Goal.objects.alive().filter(pk__in=ids):
        text = f"{goal.title}\n{plain_text(goal.description)}".strip()
        columns = {"status": goal.status, "target_date": goal.target_moment, "created_at": goal.created_at}
        yield Document(goal.pk, goal.owner_id, text, columns)


GOALS = Entity("goals", Goal, COLUMNS, documents, text_fields=("title", "description"))

register(GOALS)
