"""The forms of the review pages."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from goals.models import Goal
from quiz.models import Rating

_STEP = re.compile(r"(\d{1,5})\s*(s|m|min|h|d)?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


class StepsField(forms.CharField):
    """Steps such as "1m 10m" or "1h, 1d", cleaned to seconds. A number without a unit is in minutes."""

    def clean(self, value: Any) -> list[int]:
        words = str(super().clean(value)).replace(",", " ").split()
        matches = [_STEP.fullmatch(word) for word in words]
        if not all(matches):
            raise forms.ValidationError(_("Enter steps such as 1m 10m or 1h 1d."))
        return [int(match[1]) * _SECONDS[(match[2] or "m").lower()] for match in matches if match]

    def prepare_value(self, value: Any) -> Any:
        return " ".join(map(_step_text, value)) if isinstance(value, list) else value


def _step_text(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(choices=Rating.choices, coerce=int)
    review_id = forms.UUIDField()
    reps = forms.IntegerField(min_value=0)
    duration_ms = forms.IntegerField(required=False, min_value=0)

    def clean_duration_ms(self) -> int:
        return int(self.cleaned_data["duration_ms"] or 0)


MAX_QUIZ_CARDS = 20


class CardIdsField(forms.CharField):
    """Ids separated by commas, cleaned to a list of at most `MAX_QUIZ_CARDS`."""

    def clean(self, value: Any) -> list[UUID]:
        try:
            return [UUID(word) for word in str(super().clean(value)).split(",") if word][:MAX_QUIZ_CARDS]
        except ValueError:
            raise forms.ValidationError(_("These cards are not known.")) from None


class ReviewPageForm(forms.Form):
    """What the review page shows. Invalid values are ignored: it then shows the next card's question.

    With `cards`, only these are reviewed: a quiz of `total` cards, offered below the message `source`. With `goal` or
    `skill`, only its cards are; with `ahead`, also those that are not due.
    """

    card = forms.UUIDField(required=False)
    cards = CardIdsField(required=False)
    total = forms.IntegerField(required=False, min_value=0, max_value=MAX_QUIZ_CARDS)
    source = forms.UUIDField(required=False)
    goal = forms.UUIDField(required=False)
    skill = forms.UUIDField(required=False)
    ahead = forms.BooleanField(required=False)
    turned = forms.BooleanField(required=False)  # the answer is shown


class ReviewSettingsForm(forms.Form):
    desired_retention = forms.FloatField(
        label=_("Desired retention"),
        min_value=0.7,
        max_value=0.99,
        widget=forms.NumberInput(attrs={"step": "0.01"}),
        help_text=_("The share of reviews you want to remember, 0.70 to 0.99. A higher value means shorter intervals."),
    )
    new_per_day = forms.IntegerField(label=_("New cards/day"), min_value=0, max_value=9_999)
    reviews_per_day = forms.IntegerField(label=_("Maximum reviews/day"), min_value=0, max_value=9_999)
    learning_steps = StepsField(
        label=_("Learning steps"), required=False, max_length=100, help_text=_("Steps of new cards, such as 1m 10m.")
    )
    relearning_steps = StepsField(
        label=_("Relearning steps"),
        required=False,
        max_length=100,
        help_text=_("Steps of forgotten cards, such as 10m."),
    )
    maximum_interval = forms.IntegerField(label=_("Maximum interval (days)"), min_value=1, max_value=36_500)
    day_start_hour = forms.IntegerField(
        label=_("Next day starts at (hour)"),
        min_value=0,
        max_value=23,
        help_text=_("Until this hour, reviews count for the previous day."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
    )
    leech_threshold = forms.IntegerField(
        label=_("Leech threshold"),
        min_value=0,
        max_value=99,
        help_text=_("A card with this many lapses is tagged “leech” and suspended. 0 turns this off."),
    )


class ProgressForm(forms.Form):
    """Which goal the statistics are of. Without one, they are of all cards."""

    def __init__(self, data: Any, *, goals: Iterable[Goal]) -> None:
        super().__init__(data)
        self._goals = {str(goal.pk): goal for goal in goals}
        titles = [(pk, goal.title) for pk, goal in self._goals.items()]
        self.fields["goal"] = forms.ChoiceField(
            required=False,
            label=_("Goal"),
            choices=[("", _("All cards")), *titles],
            widget=forms.Select({"dir": "auto"}),
        )

    @property
    def has_goals(self) -> bool:
        return bool(self._goals)

    def clean_goal(self) -> Goal | None:
        return self._goals.get(self.cleaned_data["goal"])
