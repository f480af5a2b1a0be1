"""The search index of reviews: columns of numbers for analysis, without text to embed."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from quiz.models import Review
from search.registry import Column, Document, Entity, register

COLUMNS = (
    Column("card_id", "uuid"),
    Column("rating", "int"),
    Column("state_before", "text"),
    Column("state_after", "text"),
    Column("stability_after", "float"),
    Column("difficulty_after", "float"),
    Column("elapsed_days", "float"),
    Column("scheduled_days", "float"),
    Column("duration_ms", "int"),
    Column("reviewed_at", "time"),
)


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for review in Review.objects.filter(pk__in=ids):
        columns = {column.name: getattr(review, column.name) for column in COLUMNS}
        yield Document(review.pk, review.owner_id, "", columns)


ENTITY = Entity("review_logs", Review, COLUMNS, documents, embedded=False)

register(ENTITY)
