"""The forms on the pages of goals."""

from django import forms
from django.utils.translation import gettext_lazy as _

from goals.models import MAX_GOAL_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, GoalStatus


class GoalForm(forms.Form):
    title = forms.CharField(
        label=_("Goal"),
        max_length=MAX_TITLE_LENGTH,
        widget=forms.TextInput(attrs={"autofocus": True, "placeholder": _("Read Spanish newspapers")}),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=MAX_GOAL_DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you know already, and what it is for. A skill tree is proposed from it."),
    )
    target_date = forms.DateField(label=_("Target date"), required=False, widget=forms.DateInput({"type": "date"}))


class GoalSettingsForm(GoalForm):
    """All that can be changed of a goal. An empty retention is that of the user's review settings."""

    desired_retention = forms.FloatField(
        label=_("Desired retention"),
        required=False,
        min_value=0.7,
        max_value=0.99,
        widget=forms.NumberInput({"step": "0.01"}),
        help_text=_("From 0.7 to 0.99. Leave it empty to use your review settings."),
    )
    status = forms.ChoiceField(label=_("Status"), choices=GoalStatus.choices)


class GoalListForm(forms.Form):
    """Which goals to list; without a valid value, those that the user works on or has paused."""

    show = forms.ChoiceField(required=False, choices=[("done", _("Done")), ("archived", _("Archived"))])

    @property
    def statuses(self) -> list[str]:
        shown = self.cleaned_data["show"] if self.is_valid() else ""
        return [shown] if shown else [GoalStatus.ACTIVE.value, GoalStatus.PAUSED.value]


class GoalMoveForm(forms.Form):
    """The goal before which another one is put. Without it, that one becomes the last."""

    before = forms.UUIDField(required=False)
