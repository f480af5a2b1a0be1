"""Where allauth asks this project: who may sign up, and how a new person is saved."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.models import User
from accounts.services import admit


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the person's own address: an account made by `createsuperuser` has no other record of one."""
        found: User | None = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        super().save_user(request, user, form, commit=False)
        if commit:
            admit(user=user)
        return user
