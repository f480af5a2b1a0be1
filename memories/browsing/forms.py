"""The filters of a project's memories."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from memories.models import Project
from memories.records.values import MAX_LABEL_LENGTH, MAX_TAG_LENGTH, MAX_TAGS
from memories.search.filters import MemoryFilters

MAX_QUERY_LENGTH = 500


@dataclass(frozen=True)
class FilterChip:
    """A filter that is set. `url` is the query string of the page without it."""

    label: str
    url: str


class TagListField(forms.Field):
    """Tags, sent as repeated fields of one name; cleaned to a list without blanks."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        tags = list(dict.fromkeys(tag.strip() for tag in value or [] if tag.strip()))
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags):
            raise ValidationError(
                _("Up to %(tags)d tags, each of up to %(length)d characters.")
                % {"tags": MAX_TAGS, "length": MAX_TAG_LENGTH}
            )
        return tags


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"})


class LabelField(forms.CharField):
    """`options` is the id of the list of values that the browser proposes."""

    def __init__(self, *, label: Any, options: str) -> None:
        attrs = {"list": options, "autocomplete": "off", "enterkeyhint": "search"}
        super().__init__(label=label, required=False, max_length=MAX_LABEL_LENGTH, widget=forms.TextInput(attrs))


class MemoryFilterForm(forms.Form):
    """The words that are searched for, and what narrows the list."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=MAX_QUERY_LENGTH)
    date_from = DayField(label=gettext_lazy("From"), required=False)
    date_to = DayField(label=gettext_lazy("To"), required=False)
    task = LabelField(label=gettext_lazy("Task"), options="tasks")
    component = LabelField(label=gettext_lazy("Component"), options="components")
    tag = TagListField(label=gettext_lazy("Tag"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.sent = data

    @property
    def query(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    def filters(self, project: Project) -> MemoryFilters:
        """Of a valid form."""
        sent = self.cleaned_data
        return MemoryFilters(
            projects=[project.name],
            date_from=sent["date_from"],
            date_to=sent["date_to"],
            task=sent["task"] or None,
            component=sent["component"] or None,
            tags=sent["tag"],
        )

    @property
    def chips(self) -> list[FilterChip]:
        """The filters that are set, each with the way to remove it."""
        sent = self.cleaned_data
        labels = {
            "q": _("Search: %s") % sent["q"] if sent.get("q") else "",
            "date_from": _("From %s") % date_format(sent["date_from"]) if sent.get("date_from") else "",
            "date_to": _("To %s") % date_format(sent["date_to"]) if sent.get("date_to") else "",
            "task": _("Task: %s") % sent["task"] if sent.get("task") else "",
            "component": _("Component: %s") % sent["component"] if sent.get("component") else "",
        }
        chips = [FilterChip(label, self._without(name)) for name, label in labels.items() if label]
        return chips + [FilterChip(_("Tag: %s") % tag, self._without("tag", tag)) for tag in sent.get("tag", [])]

    def _without(self, name: str, value: str | None = None) -> str:
        """The query string without this filter, or without one of its values. It begins with the first page."""
        query = self.sent.copy()
        query.setlist(name, [other for other in query.getlist(name) if value is not None and other.strip() != value])
        query.pop("page", None)
        return "?" + "&".join(filter(None, query.urlencode().split("&")))
