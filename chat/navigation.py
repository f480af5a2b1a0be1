"""Chat's links in the site's navigation, and its entries in the command palette."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from base.navigation import RailLink, register
from chat.queries import find_conversations
from palette import registry as palette


def conversation_entries(owner: User, query: str, limit: int) -> list[palette.Entry]:
    """The chats that changed last; with a query, those whose titles have its words."""
    return [
        palette.Entry(
            str(conversation),
            "message-circle",
            reverse("chat:conversation-detail", args=[conversation.pk]),
            detail=_("Archived") if conversation.archived else "",
            at=conversation.updated_at,
        )
        for conversation in find_conversations(owner, query)[:limit]
    ]


def search_entries(_owner: User, query: str, _limit: int) -> list[palette.Entry]:
    """A search for the query, which is offered last."""
    if not query:
        return []
    url = f"{reverse('chat:message-search')}?{urlencode({'q': query})}"
    return [palette.Entry(_("Search everything for “%(query)s”") % {"query": query}, "search", url)]


register(
    RailLink("chat", gettext_lazy("Chat"), "message-circle", "chat:conversation-list", order=10, paths=("", "chat")),
    RailLink("search", gettext_lazy("Search"), "search", "chat:message-search", order=20, paths=("search",)),
)
palette.register(
    palette.Group(gettext_lazy("Chats"), order=20, find=conversation_entries),
    palette.Action(gettext_lazy("New chat"), "square-pen", order=10, url_name="chat:conversation-list"),
    palette.Group(gettext_lazy("Search"), order=90, find=search_entries),
)
