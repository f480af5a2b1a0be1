"""The form that chooses the goal into which another one is merged."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from goals.models import Goal


class MergeForm(forms.Form):
    def __init__(self, data: Mapping[str, Any] | None, *, goals: Iterable[Goal], chosen: UUID | None) -> None:
        super().__init__(data)
        choices = [(str(goal.pk), goal.title) for goal in goals]
        self.fields["into"] = forms.ChoiceField(label=_("Merge into"), choices=choices, initial=str(chosen or ""))
