"""allauth's account adapter: who may sign up, how a new user is saved, how email is sent."""

import logging
from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.errors import MailUnavailable, UnknownClientAddress
from accounts.models import User
from accounts.services import save_new_user

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Raises UnknownClientAddress."""
        try:
            address: str = super().get_client_ip(request)
        except (PermissionDenied, ImproperlyConfigured):
            forwarded = request.headers.get("X-Forwarded-For", "")[:200]
            logger.warning("No address at place %s of X-Forwarded-For %r", settings.TRUSTED_PROXIES, forwarded)
            raise UnknownClientAddress from None
        return address

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises MailUnavailable. Known and unknown addresses fail alike, because both are sent an email."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # includes SMTPException
            logger.exception("Could not send an email; check EMAIL_URL")
            raise MailUnavailable from None

    def notify_of_new_email(self, *, user: User, old: str) -> None:
        """Notify the old address by email. The change stays if no mail can be sent, which is logged."""
        with suppress(MailUnavailable):
            self.send_mail("account/email/email_changed", old, {"old": old, "new": user.email})

    def reauthenticate(self, user: User, password: str) -> bool:
        """Uses the email of the user row, because a user made by `createsuperuser` has no EmailAddress row."""
        authenticated: User | None = self.authenticate(self.request, email=user.email, password=password)
        return authenticated is not None and authenticated.pk == user.pk

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        super().save_user(request, user, form, commit=False)
        if commit:
            save_new_user(user=user)
        return user
