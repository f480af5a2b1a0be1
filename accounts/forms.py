"""The forms of the account's pages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope, User
from accounts.services import MAX_TOKEN_TIME


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Shown only to you."),
    )


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("The program that will use the token."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        initial=[Scope.READ, Scope.WRITE],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_at = forms.DateField(
        label=_("Expires after"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day on which the token works, in UTC. Without a date it never expires."),
    )

    def clean_expires_at(self) -> datetime | None:
        """The end of the day."""
        day: date | None = self.cleaned_data["expires_at"]
        if day is None:
            return None
        today = timezone.now().date()
        if not today <= day < today + MAX_TOKEN_TIME:
            raise forms.ValidationError(_("Choose a day from today on, at most ten years from now."), code="range")
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)


class PasswordForm(forms.Form):
    """Asks for the password of the signed-in user."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("The password is not correct."), code="wrong")
        return password


class DeleteAccountForm(PasswordForm):
    """Asks for the password, because a deleted account cannot be restored."""


class EmailForm(PasswordForm):
    """Asks for the password, because whoever controls the address can reset it."""

    email = forms.EmailField(
        label=_("New email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("email", "password")
