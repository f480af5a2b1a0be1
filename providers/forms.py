from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from providers.errors import KeyMalformed
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
