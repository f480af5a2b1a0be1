"""Pages that replace allauth's."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.totp.views import ActivateTOTPView as BaseActivateTOTPView
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.errors import EmailTaken
from accounts.forms import EmailForm
from accounts.services import change_email, revoke_all_tokens
from accounts.sign_in.forms import ActivateTOTPForm, SessionsForm
from accounts.sign_in.sessions import enforce_rate_limit
from base.http import Request, page


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def email_change(request: Request) -> HttpResponse:
    if request.method == "POST":
        enforce_rate_limit(request, "reauthenticate")
    form, old = EmailForm(request.POST or None, user=request.user), request.user.email
    if form.is_valid():
        try:
            change_email(user=request.user, email=form.cleaned_data["email"])
        except EmailTaken as error:
            form.add_error("email", error.detail)
        else:
            get_adapter().notify_of_new_email(user=request.user, old=old)
            messages.success(request, _("Email address changed."))
            return redirect("account_email")
    return page(request, "account/email.html", {"form": form, "email": old}, status=422 if form.is_bound else 200)


class ActivateTOTPView(BaseActivateTOTPView):
    form_class = ActivateTOTPForm

    @transaction.atomic
    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        if form.cleaned_data["revoke_tokens"]:
            revoke_all_tokens(owner=self.request.user)
        response: HttpResponse = super().form_valid(form)
        return response


class SessionsView(ListUserSessionsView):
    form_class = SessionsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Not left to the template: its `or` would take an error of the database for False.
        has_tokens = self.request.user.api_tokens.exists()
        return {**super().get_context_data(**kwargs), "has_tokens": has_tokens}
