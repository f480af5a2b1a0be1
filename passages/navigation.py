"""The link to remembered passages on the settings page."""

from django.utils.translation import gettext_lazy as _

from base.navigation import SettingsLink, register

register(
    SettingsLink(
        _("Remembered passages"),
        _("What you asked to remember from your chats"),
        "bookmark",
        "passages:passage-list",
        order=35,
    )
)
