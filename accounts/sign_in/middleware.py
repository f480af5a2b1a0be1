"""The pages on which a visitor proves who they are, or creates an account."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from base.postgresql.acting import act_for_sign_in

# Signed-in users may open some of them too, as with the link of a password reset of another account.
SIGN_IN_PAGES = {
    *("account_login", "account_signup", "account_inactive", "account_confirm_email", "account_confirm_login_code"),
    *("account_reset_password", "account_reset_password_from_key", "mfa_authenticate"),
}


class SignInMiddleware(MiddlewareMixin):
    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any) -> None:
        if request.resolver_match and request.resolver_match.view_name in SIGN_IN_PAGES:
            act_for_sign_in("a visitor looks for their own account, or creates one")
