"""Where the site's navigation leads into review and progress."""

from django.utils.translation import gettext_lazy as _

from base.navigation import RailLink, SettingsLink, register

register(
    RailLink(
        "review",
        _("Review"),
        "rotate-ccw",
        "quiz:review",
        order=40,
        paths=("review",),
        badge_url_name="quiz:review-count",
    ),
    RailLink("progress", _("Progress"), "chart-line", "quiz:progress", order=60, paths=("progress",)),
    SettingsLink(_("Review"), _("Cards per day, steps, time zone"), "rotate-ccw", "quiz:settings", order=30),
)
