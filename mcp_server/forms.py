"""The form that connects a program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope

ACCESS = {"write": [Scope.READ, Scope.WRITE], "read": [Scope.READ]}


class ProgramForm(forms.Form):
    name = forms.CharField(
        label=_("Program"), max_length=100, help_text=_("A name for your list of tokens, such as Claude Code.")
    )
    access = forms.ChoiceField(
        label=_("It may"),
        choices=[("write", _("Read and write")), ("read", _("Only read"))],
        help_text=_("To remember, rate cards or add goals, a program must be able to write."),
    )

    @property
    def scopes(self) -> list[Scope]:
        return ACCESS[self.cleaned_data["access"]]
