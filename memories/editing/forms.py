"""The forms in which a user writes a record."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.api.strict_json import NotStrictJson, parse_json
from base.errors import MemoryLoopError
from memories.browsing.forms import DayField
from memories.editing.wrong_lines import ShownLine, lines_around
from memories.errors import InvalidProjectName, InvalidRecord, KeyTaken
from memories.models import MAX_PROJECT_NAME_LENGTH, Memory
from memories.records.values import MAX_KEY_LENGTH, MAX_LABEL_LENGTH, MAX_TAG_LENGTH, MAX_TAGS
from memories.services import MemoryValues, values_beside

MAX_TEXT_LENGTH = 300_000  # characters of the JSON with its spaces; the record itself is much shorter
EXAMPLE = '{\n  "note": ""\n}'
SOURCE = "MemoryLoop"  # of what is written on the pages


@dataclass(frozen=True)
class WrongJson:
    reason: str
    lines: list[ShownLine]


class TagsField(forms.CharField):
    """Tags separated by commas; cleaned to a list."""

    def clean(self, value: Any) -> list[str]:
        tags = [tag.strip() for tag in str(super().clean(value)).split(",") if tag.strip()]
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags):
            limits = {"tags": MAX_TAGS, "length": MAX_TAG_LENGTH}
            raise ValidationError(_("Up to %(tags)d tags, each of up to %(length)d characters.") % limits)
        return tags

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class RecordField(forms.CharField):
    """A record as JSON. `wrong` is what is wrong with a line of the text that was sent last."""

    def __init__(self) -> None:
        attrs = {"rows": 14, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "json"}
        super().__init__(
            label=gettext_lazy("Record"),
            max_length=MAX_TEXT_LENGTH,
            strip=False,
            widget=forms.Textarea(attrs),
            help_text=gettext_lazy("A JSON object with any fields."),
        )
        self.wrong: WrongJson | None = None

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).replace("\r\n", "\n")
        try:
            record = parse_json(text)
        except NotStrictJson as error:
            if not error.line:
                raise ValidationError(error.reason) from None
            self.wrong = WrongJson(error.reason, lines_around(text, line=error.line, column=error.column))
            # The reason itself is shown beside the line.
            self.widget.attrs["aria-describedby"] = "id_record_error wrong-json"
            raise ValidationError(_("There is an error in line %(line)d.") % {"line": error.line}) from None
        if not isinstance(record, dict):
            raise ValidationError(_("A memory is a JSON object: it begins with { and ends with }."))
        return record


class MemoryForm(forms.Form):
    """A record and what is kept beside it."""

    record = RecordField()
    date = DayField(label=gettext_lazy("Date"), required=False)
    task = forms.CharField(label=gettext_lazy("Task"), required=False, max_length=MAX_LABEL_LENGTH)
    component = forms.CharField(label=gettext_lazy("Component"), required=False, max_length=MAX_LABEL_LENGTH)
    tags = TagsField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=MAX_TAGS * (MAX_TAG_LENGTH + 2),
        help_text=gettext_lazy("Separate tags with commas."),
    )

    @property
    def wrong(self) -> WrongJson | None:
        field = self.fields["record"]
        return field.wrong if isinstance(field, RecordField) else None

    @property
    def values(self) -> MemoryValues:
        """What the services take, of a valid form."""
        sent = self.cleaned_data
        return MemoryValues(
            data=sent["record"], date=sent["date"], task=sent["task"], component=sent["component"], tags=sent["tags"]
        )

    def add_refusal(self, error: MemoryLoopError) -> None:
        """Show why the service refused, at the field that can be changed."""
        fields: dict[type[MemoryLoopError], str] = {
            InvalidProjectName: "project",
            KeyTaken: "key",
            InvalidRecord: "record",
        }
        name = fields.get(type(error))
        self.add_error(name if name in self.fields else None, error.detail)


class NewMemoryForm(MemoryForm):
    project = forms.CharField(
        label=gettext_lazy("Project"),
        max_length=MAX_PROJECT_NAME_LENGTH,
        widget=forms.TextInput({"list": "projects", "autocomplete": "off"}),
        help_text=gettext_lazy("A project of a new name is created."),
    )
    field_order = ("project",)

    @property
    def values(self) -> MemoryValues:
        return {**super().values, "source": SOURCE}


class MemoryEditForm(MemoryForm):
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=MAX_KEY_LENGTH,
        help_text=gettext_lazy("A program that writes this key again changes this memory."),
    )

    @property
    def values(self) -> MemoryValues:
        return {**super().values, "key": self.cleaned_data["key"]}


def initial_of(memory: Memory) -> dict[str, Any]:
    """What the form shows of an existing memory: beside the record, only what its own fields do not say."""
    return {**values_beside(memory), "record": json.dumps(json.loads(memory.body), ensure_ascii=False, indent=2)}
