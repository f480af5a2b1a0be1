"""The forms of API keys, and the choice of a model in the forms of other apps."""

from typing import Any, TypedDict

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from providers.errors import KeyMalformed
from providers.models import ProviderName
from providers.services import KEY_PATTERN


class KeyForm(forms.Form):
    key = forms.CharField(
        label=_("API key"),
        help_text=_("Create one in the Claude Console (platform.claude.com), under API keys."),
        max_length=1000,
        validators=[RegexValidator(rf"\A{KEY_PATTERN.pattern}\Z", message=KeyMalformed.message)],
        # Never rendered back, not even when the form has errors.
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ModelChoiceField(forms.CharField):
    """`provider:model`, as the model picker sends it. Cleans to a pair of both, or to None when nothing is chosen."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=120)

    def clean(self, value: Any) -> tuple[str, str] | None:
        provider, _colon, model = str(super().clean(value)).partition(":")
        if not provider:
            return None
        if provider not in ProviderName.values or len(model) > 100:
            raise forms.ValidationError(_("Choose a model from the list."))
        return provider, model


class ChosenModel(TypedDict, total=False):
    provider: str
    model: str


class ModelForm(forms.Form):
    """A form with the model picker (`providers/_model_select.html`)."""

    choice = ModelChoiceField()

    @property
    def chosen_model(self) -> ChosenModel:
        """Empty for the default model."""
        choice = self.cleaned_data["choice"]
        return {"provider": choice[0], "model": choice[1]} if choice else {}
