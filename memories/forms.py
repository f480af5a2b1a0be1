"""The forms of projects."""

from django import forms
from django.utils.translation import gettext_lazy as _

from memories.models import MAX_PROJECT_NAME_LENGTH, Project
from memories.services import ProjectChanges

MAX_DESCRIPTION_LENGTH = 5_000
ON_OR_OFF = [("true", _("On")), ("false", _("Off"))]


class ProjectForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=MAX_PROJECT_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=_("Programs name the project in each memory that they write."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=MAX_DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_in_chats = forms.BooleanField(
        label=_("Use in chats"), required=False, help_text=_("Answers may use and cite the memories of this project.")
    )


class ProjectSwitchForm(forms.Form):
    """Switches of a project: one that is not sent is not changed."""

    use_in_chats = forms.ChoiceField(choices=ON_OR_OFF, required=False)
    archived = forms.ChoiceField(choices=ON_OR_OFF, required=False)

    def changes(self) -> ProjectChanges:
        changes: ProjectChanges = {}
        if self.cleaned_data["use_in_chats"]:
            changes["use_in_chats"] = self.cleaned_data["use_in_chats"] == "true"
        if self.cleaned_data["archived"]:
            changes["archived"] = self.cleaned_data["archived"] == "true"
        return changes


class ProjectListForm(forms.Form):
    """Which projects to list; without a valid value, those that are not archived."""

    show = forms.ChoiceField(required=False, choices=[("archived", _("Archived"))])

    @property
    def archived(self) -> bool:
        return self.is_valid() and self.cleaned_data["show"] == "archived"


def values_of(project: Project) -> dict[str, object]:
    """What the form shows of an existing project."""
    return {name: getattr(project, name) for name in ProjectForm.base_fields}
