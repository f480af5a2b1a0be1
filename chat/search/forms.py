"""The form of the search page."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Role
from chat.search.messages import MessageFilter
from search.queries import Mode

MESSAGES_OF = [("", _("All")), (Role.USER.value, _("Yours")), (Role.ASSISTANT.value, _("Answers"))]


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search your messages"), max_length=500, required=False)
    mode = forms.ChoiceField(label=_("Search by"), choices=Mode.choices, required=False)
    role = forms.ChoiceField(label=_("Messages"), choices=MESSAGES_OF, required=False)
    conversation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    before = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """The visible fields without the query."""
        return [field for field in self.visible_fields() if field.name != "q"]

    @property
    def chosen_mode(self) -> Mode:
        return Mode(self.cleaned_data["mode"] or Mode.HYBRID)

    def message_filter(self) -> MessageFilter:
        data = self.cleaned_data
        return MessageFilter(
            role=Role(data["role"]) if data["role"] else None,
            conversation_id=data["conversation"],
            after=_moment(data["after"], time.min),
            before=_moment(data["before"], time.max),
        )


def _moment(day: Any, at: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, at)) if day else None
