"""The forms on the pages of cards."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chat.models import MAX_MESSAGE_LENGTH
from flashcards.batches.services import MAX_BUDGET, MAX_PER_SKILL
from flashcards.models import MAX_SIDE_LENGTH, CardKind, CardState, CardStatus
from flashcards.skills.queries import Choices
from providers.forms import ChosenModel, ModelForm

MAX_SELECTED = 300  # rows in one form
SUBMITS_ON_CHANGE = {"data-submit-on-change": True}  # read by static/js/forms.js


class TagsField(forms.CharField):
    """Tags separated by spaces or commas; cleaned to a list."""

    def clean(self, value: Any) -> list[str]:
        return str(super().clean(value)).replace(",", " ").split()

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class IdsField(forms.Field):
    """Ids of rows, sent as repeated fields of one name; cleaned to a list of UUIDs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        ids: Iterable[str] = value or []
        try:
            return [UUID(row_id) for row_id in ids][:MAX_SELECTED]
        except ValueError:
            raise forms.ValidationError(_("One of these no longer exists. Reload the page.")) from None


class SkillField(forms.ChoiceField):
    """One of the user's skills; cleaned to its id, or None. It is left out while the user has no skills."""

    def __init__(self) -> None:
        super().__init__(label=_("Skill"), required=False, widget=forms.Select({"dir": "auto"}))

    def clean(self, value: Any) -> UUID | None:
        return UUID(cleaned) if (cleaned := super().clean(value)) else None


class SkillForm(forms.Form):
    """The skill that cards belong to."""

    skill = SkillField()

    def __init__(self, data: QueryDict | None = None, *, skills: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.skills = skills
        cast(SkillField, self.fields["skill"]).choices = [("", _("No skill")), *skills]
        if not skills:
            del self.fields["skill"]

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned values, without a skill that the select could not show, such as that of a deleted goal."""
        shown = {skill_id for _goal, options in self.skills for skill_id, _title in options}
        if str(self.initial.get("skill")) in shown or self.cleaned_data.get("skill"):
            return self.cleaned_data
        return {name: value for name, value in self.cleaned_data.items() if name != "skill"}


class SidesForm(SkillForm):
    """The text of an existing card, whose kind cannot change."""

    question = forms.CharField(
        label=_("Question"), max_length=MAX_SIDE_LENGTH, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )
    answer = forms.CharField(
        label=_("Answer"), max_length=MAX_SIDE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = TagsField(label=_("Tags"), max_length=1_000, required=False, help_text=_("Separate tags with spaces."))
    field_order = ["question", "answer", "skill", "tags"]


class CardForm(SidesForm):
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=CardKind.choices,
        initial=CardKind.BASIC,
        help_text=_("A cloze card hides words of its question: The {{c1::mitochondrion}} makes ATP."),
    )
    field_order = ["kind", "question", "answer", "skill", "tags"]


class CardFilterForm(forms.Form):
    """Which cards of the deck to list. An invalid value filters nothing."""

    q = forms.CharField(
        label=_("Search cards"),
        required=False,
        max_length=200,
        widget=forms.SearchInput({"id": "card-words", "placeholder": _("Search cards")}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any status")), *CardStatus.choices],
        widget=forms.Select(SUBMITS_ON_CHANGE),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *CardState.choices],
        widget=forms.Select(SUBMITS_ON_CHANGE),
    )
    tag = forms.CharField(
        label=_("Tag"), required=False, max_length=100, widget=forms.Select({**SUBMITS_ON_CHANGE, "dir": "auto"})
    )

    goal = forms.ChoiceField(label=_("Goal"), required=False, widget=forms.Select({**SUBMITS_ON_CHANGE, "dir": "auto"}))

    def __init__(self, data: QueryDict, *, tags: list[str], goals: list[tuple[UUID, str]]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["goal"]).choices = [("", _("Any goal")), *goals]
        self.goals = goals
        self.fields["tag"].widget.choices = [("", _("Any tag")), *((tag, tag) for tag in tags)]
        self.tags = tags

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """The selects that narrow the list. Those for tags and goals are left out if the user has none."""
        empty = {name for name, rows in (("tag", self.tags), ("goal", self.goals)) if not rows}
        return [self[name] for name in ("status", "state", "goal", "tag") if name not in empty]

    def value_of(self, name: str) -> str:
        """The field's value; empty when it is missing or invalid."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class CardActionForm(forms.Form):
    """An action on the selected cards."""

    card = IdsField()
    action = forms.ChoiceField(choices=[(name, name) for name in ("suspend", "unsuspend", "tag", "delete")])
    tags = TagsField(required=False, max_length=1_000)


class RestoreForm(forms.Form):
    card = IdsField()


class GenerationForm(forms.Form):
    """The source of the cards: one of the user's messages, a skill, or pasted text."""

    message_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    skill_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAX_MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "autofocus": True}),
        help_text=_("The text to learn from, such as notes, an article or a page of a book."),
    )
    max_cards = forms.IntegerField(
        label=_("Maximum number of cards"), min_value=1, max_value=50, initial=10, required=False
    )


class BatchValues(ChosenModel):
    budget: int
    cards_per_skill: int


class BatchForm(ModelForm):
    """Cards for many skills of a goal. The skills' boxes are drawn by the template."""

    skill = IdsField(required=False)
    cards_per_skill = forms.IntegerField(
        label=_("Cards for each skill, at most"), min_value=1, max_value=MAX_PER_SKILL, initial=5
    )
    budget = forms.IntegerField(
        label=_("Cards in all, at most"),
        min_value=1,
        max_value=MAX_BUDGET,
        initial=100,
        help_text=_("When so many are made, it stops. You can continue later."),
    )

    @property
    def batch_values(self) -> BatchValues:
        """What `start_batch` takes of the form, besides the skills."""
        data = self.cleaned_data
        return {"budget": data["budget"], "cards_per_skill": data["cards_per_skill"], **self.chosen_model}


class DecisionForm(forms.Form):
    """Drafts to add to the deck and to discard. `rest` applies to all drafts that are left."""

    accept = IdsField(required=False)
    discard = IdsField(required=False)
    rest = forms.ChoiceField(required=False, choices=[("accept", ""), ("discard", "")])
    # On the page of a batch: the generation whose drafts these are.
    generation = forms.UUIDField(required=False)

    def decision(self, drafts: list[UUID]) -> tuple[list[UUID], list[UUID]]:
        """The drafts to accept and those to discard; `drafts` are all undecided drafts."""
        accept, discard = self.cleaned_data["accept"], self.cleaned_data["discard"]
        match self.cleaned_data["rest"]:
            case "accept":
                return drafts, discard
            case "discard":
                return accept, drafts
        return accept, discard
