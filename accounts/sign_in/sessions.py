"""Signing in through the API, with allauth's checks and rate limits but without its pages."""

from time import time

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.account.signals import user_logged_in
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.errors import AccountSuspended, ReauthenticationNeeded, SecondFactorNeeded, WrongCode, WrongCredentials
from accounts.models import User
from base.errors import TooMany
from base.http import ApiRequest

WAIT_AFTER_FAILURES = 600  # seconds; the longest window of ACCOUNT_RATE_LIMITS["login_failed"]


def sign_in(request: HttpRequest, *, email: str, password: str, code: str = "") -> User:
    """Start a session with a new id, after checking the password and the second factor of a user who has one.

    Raises TooMany, WrongCredentials, AccountSuspended, SecondFactorNeeded, WrongCode.
    """
    enforce_rate_limit(request, "login")
    user = _check_password(request, email, password)
    record_password(request, user)
    if is_mfa_enabled(user):
        _check_code(user, code)
    start_session(request, user)
    return user


def record_password(request: HttpRequest, user: User) -> None:
    """Note in the session that the user has just given their password."""
    record_authentication(request, user, method="password", email=user.email)


def require_password_again(request: HttpRequest) -> None:
    """Have allauth ask for the password, and then repeat the request, if it has not done so in the last minutes."""
    raise_if_reauthentication_required(request, app="")


def require_recent_sign_in(request: ApiRequest) -> None:
    """Raises ReauthenticationNeeded for a session whose user has not given a password or a code for some minutes."""
    if request.token is not None or not get_reauthentication_flows(request.user):
        return
    since = time() - app_settings.REAUTHENTICATION_TIMEOUT
    if not any(record["at"] > since for record in get_authentication_records(request, request.user)):
        raise ReauthenticationNeeded


def start_session(request: HttpRequest, user: User) -> None:
    """Sign the user in without checking credentials."""
    get_adapter().login(request, user)
    user_logged_in.send(sender=User, request=request, response=None, user=user)


def sign_out(request: ApiRequest) -> None:
    """End the session. A token stays valid until it is revoked."""
    if request.token is None:
        logout(request)


def enforce_rate_limit(request: HttpRequest, action: str) -> None:
    """Count an `action` of ACCOUNT_RATE_LIMITS. Raises TooMany."""
    if not ratelimit.consume(request, action=action):
        raise TooMany(retry_after=60)


def _check_password(request: HttpRequest, email: str, password: str) -> User:
    try:
        # allauth hashes a password for an unknown address too, so response times do not reveal who has an account.
        user: User | None = get_adapter().authenticate(request, email=email.strip().lower(), password=password)
    except ValidationError:
        raise TooMany(retry_after=WAIT_AFTER_FAILURES) from None
    if user is None:
        raise WrongCredentials
    if not user.is_active:
        raise AccountSuspended
    return user


def _check_code(user: User, code: str) -> None:
    if not code:
        raise SecondFactorNeeded
    form = AuthenticateForm(data={"code": code}, user=user)
    if not form.is_valid():
        limited = form.has_error("code", "too_many_login_attempts")
        raise TooMany(retry_after=WAIT_AFTER_FAILURES) if limited else WrongCode
    form.save()
