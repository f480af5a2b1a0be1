"""Where the site's navigation leads into cards."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, register

register(RailLink("cards", _("Cards"), "layers", "flashcards:card-list", order=30, paths=("cards",)))
