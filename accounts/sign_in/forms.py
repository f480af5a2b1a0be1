"""allauth's forms, changed: what happens to API tokens when a password, the second factor or the sessions change."""

from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import ResetPasswordKeyForm as BaseResetPasswordKeyForm
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateTOTPForm
from allauth.usersessions.forms import ManageUserSessionsForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.services import revoke_all_tokens


class ChangePasswordForm(BaseChangePasswordForm):
    revoke_tokens = forms.BooleanField(
        label=_("Revoke all API tokens"),
        required=False,
        help_text=_("Do so if someone else may know your password. Programs then need new tokens."),
    )

    @transaction.atomic
    def save(self) -> None:
        super().save()
        if self.cleaned_data["revoke_tokens"]:
            revoke_all_tokens(owner=self.user)


class ResetPasswordKeyForm(BaseResetPasswordKeyForm):
    """Revokes all tokens: whoever resets a password has forgotten it, or fears that someone else knows it."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        revoke_all_tokens(owner=self.user)


class ActivateTOTPForm(BaseActivateTOTPForm):
    """Asks, and keeps the tokens by default, as GitHub does: most users who turn it on do not fear that they leaked.

    `views.ActivateTOTPView` revokes them.
    """

    revoke_tokens = forms.BooleanField(
        label=_("Revoke all API tokens"),
        required=False,
        help_text=_("Tokens work without the code. Do so if someone else may have one; programs then need new tokens."),
    )


class SessionsForm(ManageUserSessionsForm):
    revoke_tokens = forms.BooleanField(
        label=_("Revoke all API tokens too"),
        required=False,
        initial=True,
        help_text=_("Programs then need new tokens."),
    )

    @transaction.atomic
    def save(self, request: HttpRequest) -> None:
        super().save(request)
        if self.cleaned_data["revoke_tokens"]:
            revoke_all_tokens(owner=self.request.user)
