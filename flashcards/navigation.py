"""The links of cards in the site's navigation."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, register

register(RailLink("cards", _("Cards"), "layers", "flashcards:card-list", order=30, paths=("cards",)))
