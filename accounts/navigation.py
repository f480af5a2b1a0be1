"""The navigation links of the account."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, SettingsLink, register
from palette import registry as palette

SECURITY = _("Security")

register(
    RailLink("settings", _("Settings"), "settings", "accounts:settings", order=70, paths=("settings", "accounts")),
    SettingsLink(_("Profile"), _("Your name"), "user", "accounts:profile", order=10),
    SettingsLink(_("API tokens"), _("For programs that use the API"), "terminal", "accounts:tokens", order=40),
    SettingsLink(_("Your data"), _("Export your data, or delete your account"), "database", "accounts:data", order=50),
    SettingsLink(_("Email address"), _("Used to sign in"), "mail", "account_email", order=110, group=SECURITY),
    SettingsLink(
        _("Password"),
        _("Changing it signs out your other devices"),
        "lock",
        "account_change_password",
        order=120,
        group=SECURITY,
    ),
    SettingsLink(
        _("Two-factor authentication"),
        _("A code from an app in addition to the password"),
        "shield-check",
        "mfa_index",
        order=130,
        group=SECURITY,
    ),
    SettingsLink(
        _("Sessions"),
        _("Where you are signed in"),
        "monitor-smartphone",
        "usersessions_list",
        order=140,
        group=SECURITY,
    ),
    SettingsLink(
        _("Administration"),
        _("The administration pages of this server"),
        "server",
        "admin:index",
        order=150,
        group=SECURITY,
        staff_only=True,
    ),
)
palette.register(
    palette.Action(_("Export your data"), "download", order=60, url_name="accounts:data"),
    palette.Action(_("Sign out"), "log-out", order=100, url_name="account_logout"),
)
