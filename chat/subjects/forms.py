"""The forms that say what a conversation is about."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _


class SubjectField(forms.CharField):
    """`goal:` or `skill:` with an id, as the picker sends it. Cleans to the arguments of `subject_of`."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=50)

    def clean(self, value: Any) -> dict[str, UUID]:
        kind, _colon, pk = str(super().clean(value)).partition(":")
        if not kind:
            return {}
        try:
            return {{"goal": "goal_id", "skill": "skill_id"}[kind]: UUID(pk)}
        except (KeyError, ValueError):
            raise forms.ValidationError(_("Choose a goal from the list.")) from None


class AddressForm(forms.Form):
    """`?goal=` or `?skill=` in the address of the page that starts a conversation."""

    goal = forms.UUIDField(required=False)
    skill = forms.UUIDField(required=False)

    @property
    def ids(self) -> dict[str, UUID | None]:
        chosen = self.cleaned_data if self.is_valid() else {}
        return {"goal_id": chosen.get("goal"), "skill_id": chosen.get("skill")}
