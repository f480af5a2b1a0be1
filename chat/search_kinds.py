"""Messages as a kind of search results."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.indexing import MESSAGES
from chat.models import Message
from search.kinds import Kind, register


def rows(owner: User) -> QuerySet[Message]:
    return owner.messages.remembered().select_related("conversation")


register(
    Kind(
        name="message",
        label=_("Messages"),
        table=MESSAGES.table,
        rows=rows,
        schema="chat.schemas.FoundMessage",
        template="chat/_message_result.html",
        order=10,
    )
)
