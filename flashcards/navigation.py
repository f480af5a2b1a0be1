"""The links of cards in the site's navigation, and their entries in the command palette."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.navigation import RailLink, register
from flashcards.queries import find_cards
from flashcards.templatetags.cards import card_title
from palette import registry as palette


def card_entries(owner: User, query: str, limit: int) -> list[palette.Entry]:
    """The newest cards whose questions have the words of the query; none before something is typed."""
    if not query:
        return []
    cards = find_cards(owner=owner, words=query)[:limit]
    return [
        palette.Entry(card_title(card), "layers", reverse("flashcards:card-edit", args=[card.pk])) for card in cards
    ]


register(RailLink("cards", _("Cards"), "layers", "flashcards:card-list", order=30, paths=("cards",)))
palette.register(
    palette.Group(_("Cards"), order=30, find=card_entries),
    palette.Action(_("Add card"), "plus", order=30, url_name="flashcards:card-create"),
    palette.Action(_("Make cards from text"), "file-text", order=110, url_name="flashcards:generation-create"),
)
