"""What people write and choose on the pages of cards."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import LONGEST_MESSAGE
from flashcards.models import LONGEST_SIDE, CardKind, CardState, CardStatus

MOST_AT_ONCE = 200


class TagsField(forms.CharField):
    """Words apart by commas or blanks; cleaned to a list."""

    def clean(self, value: Any) -> list[str]:
        return str(super().clean(value)).replace(",", " ").split()

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class IdsField(forms.Field):
    """The keys of rows, each a field of the same name; cleaned to a list of UUIDs."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        ids: Iterable[str] = value or []
        try:
            return [UUID(key) for key in ids][:MOST_AT_ONCE]
        except ValueError:
            raise forms.ValidationError(_("That is no card.")) from None


class SidesForm(forms.Form):
    """The text of a card that exists; its kind stays."""

    question = forms.CharField(
        label=_("Question"), max_length=LONGEST_SIDE, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )
    answer = forms.CharField(
        label=_("Answer"), max_length=LONGEST_SIDE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = TagsField(label=_("Tags"), max_length=1_000, required=False, help_text=_("Words, apart by blanks."))


class CardForm(SidesForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=CardKind.choices,
        initial=CardKind.BASIC,
        help_text=_("A cloze hides words of its question: The {{c1::mitochondrion}} makes ATP."),
    )
    field_order = ("kind", "question", "answer", "tags")


class DeckForm(forms.Form):
    """Which cards to show; a value that can't be is no filter."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=[("", _("Any status")), *CardStatus.choices])
    state = forms.ChoiceField(required=False, choices=[("", _("Any stage")), *CardState.choices])
    tag = forms.CharField(required=False, max_length=100)

    def chosen(self, name: str) -> str:
        """What the field narrows by; empty when it is empty or can't be."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class ChosenCardsForm(forms.Form):
    """What to do with the cards that are ticked."""

    card = IdsField()
    action = forms.ChoiceField(choices=[(name, name) for name in ("suspend", "unsuspend", "tag", "delete")])
    tags = TagsField(required=False, max_length=1_000)


class GenerationForm(forms.Form):
    """A message of one's own, or pasted text."""

    message_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 12, "autofocus": True}),
        help_text=_("Notes, a page of a book, an article: what you want to remember."),
    )
    max_cards = forms.IntegerField(label=_("At most"), min_value=1, max_value=50, initial=10, required=False)


class DecisionForm(forms.Form):
    """Drafts to add and to throw away; `rest` decides on every draft that is left."""

    accept = IdsField(required=False)
    discard = IdsField(required=False)
    rest = forms.ChoiceField(required=False, choices=[("accept", ""), ("discard", "")])
