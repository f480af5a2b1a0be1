"""Chat's links in the site's navigation."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, register

register(
    RailLink("chat", _("Chat"), "message-circle", "chat:conversation-list", order=10, paths=("", "chat")),
    RailLink("search", _("Search"), "search", "chat:message-search", order=20, paths=("search",)),
)
