"""The links of review and progress in the site's navigation."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, SettingsLink, register
from palette import registry as palette

register(
    RailLink(
        "review",
        _("Review"),
        "rotate-ccw",
        "quiz:review",
        order=40,
        paths=("review", "study"),
        badge_url_name="quiz:review-count",
    ),
    RailLink("progress", _("Progress"), "chart-line", "quiz:progress", order=60, paths=("progress",)),
    SettingsLink(_("Review"), _("Daily limits, learning steps, time zone"), "rotate-ccw", "quiz:settings", order=30),
)
palette.register(palette.Action(_("Review now"), "rotate-ccw", order=20, url_name="quiz:review"))
