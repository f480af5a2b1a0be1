"""The link to the page "Programs" in the settings and in the command palette."""

from django.utils.translation import gettext_lazy as _

from base.navigation import SettingsLink, register
from palette import registry as palette

register(
    SettingsLink(_("Programs"), _("Connect Claude Code, Cursor and others"), "plug", "mcp_server:programs", order=38)
)
palette.register(palette.Action(_("Connect a program"), "plug", order=140, url_name="mcp_server:programs"))
