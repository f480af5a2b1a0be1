"""Validation of review settings."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quiz.errors import BadSetting
from quiz.models import ReviewSettings
from quiz.scheduling.fsrs_scheduler import LOWER_BOUNDS, UPPER_BOUNDS, weights_out_of_bounds

MAX_STEP = 7 * 86_400  # seconds; longer intervals are left to FSRS
ZONES = frozenset(available_timezones())


def check_settings(settings: ReviewSettings) -> None:
    """Raises BadSetting for the first invalid field."""
    if settings.time_zone not in ZONES:
        raise BadSetting("time_zone", _("There is no such time zone. Choose one such as Europe/Berlin."))
    for field in ("learning_steps", "relearning_steps"):
        if any(not 1 <= step <= MAX_STEP for step in getattr(settings, field)):
            raise BadSetting(field, _("A step must be between one second and seven days."))
    try:
        settings.clean_fields(exclude=["owner", "parameters"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise BadSetting(field, " ".join(messages)) from None


def check_weights(weights: Sequence[float]) -> None:
    """Raises BadSetting unless these are 21 weights within the bounds of FSRS-6."""
    if len(weights) != len(LOWER_BOUNDS):
        raise BadSetting("parameters", _("FSRS-6 has 21 parameters."))
    wrong = weights_out_of_bounds(tuple(weights))
    if wrong:
        bounds = {"number": wrong[0] + 1, "low": LOWER_BOUNDS[wrong[0]], "high": UPPER_BOUNDS[wrong[0]]}
        raise BadSetting("parameters", _("Parameter %(number)s must be between %(low)s and %(high)s.") % bounds)
