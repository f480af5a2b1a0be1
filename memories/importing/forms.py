"""The form that imports a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from memories.models import MAX_PROJECT_NAME_LENGTH


class ImportForm(forms.Form):
    """A file of memories. `project` is for lines that name none; with `partial`, lines with errors are left out."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput({"accept": ".ndjson,.jsonl,.json,application/x-ndjson"}),
        help_text=_("NDJSON: a JSON object in each line. Up to 10,000 lines and 32 MB."),
    )
    project = forms.CharField(
        label=_("Project"),
        required=False,
        max_length=MAX_PROJECT_NAME_LENGTH,
        widget=forms.TextInput({"list": "projects", "autocomplete": "off"}),
        help_text=_("For lines that name no project. A project of a new name is created."),
    )
    partial = forms.BooleanField(
        label=_("Leave out lines with errors"),
        required=False,
        help_text=_("Otherwise nothing is imported while a line has an error."),
    )
