"""The forms on the pages that grow a skill tree."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from goals.growing.outlines import MAX_OUTLINE_LENGTH

MAX_SHOWN = 300


class OutlineForm(forms.Form):
    outline = forms.CharField(
        label=_("Outline"),
        max_length=MAX_OUTLINE_LENGTH,
        strip=False,  # the first line may be indented
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto", "spellcheck": "false"}),
        help_text=_(
            "A syllabus, a table of contents or your own list: headings, bullets, numbers or indented lines. "
            "No model is asked."
        ),
    )


class IdsField(forms.Field):
    """Ids of rows, sent as repeated fields of one name; cleaned to a set of UUIDs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> set[UUID]:
        try:
            return {UUID(row_id) for row_id in (value or [])[:MAX_SHOWN]}
        except ValueError:
            raise forms.ValidationError(_("That is not a skill.")) from None


class AcceptForm(forms.Form):
    """`tree` and `revision` are the proposal as the page showed it; `shown` the skills that the user decided on."""

    tree = forms.UUIDField()
    revision = forms.IntegerField(min_value=0, max_value=2_147_483_647)
    shown = IdsField(required=False)
    keep = IdsField(required=False)

    def let_go(self) -> set[UUID]:
        return set(self.cleaned_data["shown"]) - set(self.cleaned_data["keep"])
