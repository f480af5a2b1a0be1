"""The link to the page of keys in the settings."""

from django.utils.translation import gettext_lazy as _

from base.navigation import SettingsLink, register

register(
    SettingsLink(_("API keys"), _("Claude, and the models you can choose"), "key-round", "providers:keys", order=20)
)
