"""Where the site's navigation leads into the keys for model providers."""

from django.utils.translation import gettext_lazy as _

from base.navigation import SettingsLink, register

register(SettingsLink(_("Keys for models"), _("Claude and Ollama"), "key-round", "providers:keys", order=20))
