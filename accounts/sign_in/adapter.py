"""Where allauth asks this project: who may sign up, and how a new person is saved."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.errors import MailUnavailable
from accounts.models import User
from accounts.services import admit

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises MailUnavailable; a known and an unknown address fail alike, because both get a mail."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # SMTPException is one
            logger.exception("A mail could not be sent; EMAIL_URL says where it should go")
            raise MailUnavailable from None

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the person's own address: an account made by `createsuperuser` has no other record of one."""
        found: User | None = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        super().save_user(request, user, form, commit=False)
        if commit:
            admit(user=user)
        return user
