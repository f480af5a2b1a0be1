"""The form of the search page."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Role
from chat.search.filters import SearchFilter
from search.kinds import kinds
from search.queries import Mode

MESSAGES_OF = [("", _("All")), (Role.USER.value, _("Yours")), (Role.ASSISTANT.value, _("Answers"))]


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search your messages and cards"), max_length=500, required=False)
    kind = forms.ChoiceField(
        choices=lambda: [(kind.name, kind.label) for kind in kinds()], required=False, widget=forms.HiddenInput
    )
    mode = forms.ChoiceField(label=_("Search by"), choices=Mode.choices, required=False)
    role = forms.ChoiceField(label=_("Messages"), choices=MESSAGES_OF, required=False)
    conversation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    before = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))
    has_cards = forms.BooleanField(label=_("Only messages with cards"), required=False)
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """The visible fields without the query."""
        return [field for field in self.visible_fields() if field.name != "q"]

    @property
    def active_filters(self) -> int:
        """How many filters are set."""
        names = [*(field.name for field in self.filter_fields), "conversation"]
        return sum(self.cleaned_data.get(name) not in (None, "", False, Mode.HYBRID) for name in names)

    @property
    def chosen_mode(self) -> Mode:
        return Mode(self.cleaned_data["mode"] or Mode.HYBRID)

    def matching(self) -> SearchFilter:
        data = self.cleaned_data
        return SearchFilter(
            role=Role(data["role"]) if data["role"] else None,
            conversation_id=data["conversation"],
            has_cards=data["has_cards"] or None,
            after=_moment(data["after"], time.min),
            before=_moment(data["before"], time.max),
        )


def _moment(day: Any, at: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, at)) if day else None
