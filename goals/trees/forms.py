"""The forms on the page that edits a skill tree."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from goals.models import MAX_DEPTH, MAX_SKILL_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH
from goals.trees.editor import candidates
from goals.trees.queries import Skill, Tree
from goals.trees.shape import Move

INDENT = "\N{EM SPACE}"
# On a page that a browser loads, and after htmx has put in a part of it.
FOCUS = {"autofocus": True, "data-focus": True}
MAX_REVISION = 2_147_483_647


class PlaceForm(forms.Form):
    """What the address of the page says. A part that is no id is ignored."""

    tree = forms.UUIDField(required=False)
    skill = forms.UUIDField(required=False)  # the one that is open
    changed = forms.UUIDField(required=False)
    focus = forms.UUIDField(required=False)
    below = forms.CharField(required=False)  # where the next one is added; empty: as a branch


class SeenForm(forms.Form):
    """A change of the tree as the page showed it."""

    revision = forms.IntegerField(min_value=0, max_value=MAX_REVISION, widget=forms.HiddenInput)


class SkillCreateForm(SeenForm):
    title = forms.CharField(
        label=_("Add a skill"), max_length=MAX_TITLE_LENGTH, widget=forms.TextInput({"autocomplete": "off"})
    )
    below = forms.ChoiceField(label=_("Below"), required=False)

    def __init__(
        self,
        tree: Tree | None,
        data: QueryDict | None = None,
        *,
        initial: dict[str, Any] | None = None,
        focus: bool = False,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="add_%s")
        self.fields["title"].widget.attrs |= FOCUS if focus else {}
        skills = [skill for skill in tree or () if skill.depth < MAX_DEPTH]
        _set_choices(self.fields["below"], [("", _("The goal itself")), *map(_choice, skills)])

    def clean(self) -> dict[str, Any]:
        """The arguments of `add_skill`."""
        cleaned = self.cleaned_data
        below = cleaned.pop("below", "")
        return {**cleaned, "parent_id": UUID(below) if below else None}


class SkillForm(SeenForm):
    """A skill of the tree. Only those are offered as prerequisites that may be."""

    title = forms.CharField(
        label=_("Title"), max_length=MAX_TITLE_LENGTH, widget=forms.TextInput({"autocomplete": "off", **FOCUS})
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=MAX_SKILL_DESCRIPTION_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What belongs to it. Cards are made from it."),
    )
    prerequisites = forms.TypedMultipleChoiceField(
        label=_("Builds on"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, tree: Tree, skill: Skill, data: QueryDict | None = None) -> None:
        required = [str(other) for other in skill.requires]
        super().__init__(
            data,
            initial={"title": skill.title, "description": skill.description, "prerequisites": required},
            auto_id="skill_%s",
        )
        _set_choices(self.fields["prerequisites"], [(str(other.id), other.title) for other in candidates(tree, skill)])


class SeenSkillForm(SeenForm):
    skill = forms.UUIDField()


class SkillMoveForm(SeenSkillForm):
    move = forms.ChoiceField(choices=[(move.value, move.value) for move in Move])
    target = forms.UUIDField(required=False)


def _choice(skill: Skill) -> tuple[str, str]:
    return str(skill.id), INDENT * (skill.depth - 1) + skill.title


def _set_choices(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
