"""Cards as a kind of search results, and what the results of messages show of their cards."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from flashcards.indexing import ENTITY
from flashcards.models import Card
from flashcards.queries import with_has_flashcards
from search.kinds import Kind, extend_rows, register


def rows(owner: User) -> QuerySet[Card]:
    return Card.objects.in_deck().filter(owner=owner).select_related("message__conversation").joined()


register(
    Kind(
        name="card",
        label=_("Cards"),
        table=ENTITY.table,
        rows=rows,
        schema="flashcards.schemas.FoundCard",
        template="flashcards/_card_result.html",
        order=20,
    )
)
extend_rows("message", with_has_flashcards)
