"""The secrets of authenticator apps and recovery codes, encrypted at rest like every other secret."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

from accounts.errors import SecondFactorUnreadable

SECRETS = ("secret", "seed")  # of the app, and of the recovery codes


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _keys().decrypt(encrypted_text).decode()
        except InvalidToken:
            raise SecondFactorUnreadable from None


def rotate_second_factors() -> tuple[int, int]:
    """Encrypt every secret under the first of FIELD_ENCRYPTION_KEYS: how many were, and how many no key opens."""
    rotated = unreadable = 0
    for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Locked, because a recovery code that is used now changes the same row.
            row = Authenticator.objects.select_for_update().filter(pk=key).first()
            if row is None:
                continue
            try:
                sealed = {name: _keys().rotate(row.data[name]).decode() for name in SECRETS if name in row.data}
            except InvalidToken:
                unreadable += 1
                continue
            row.data = {**row.data, **sealed}
            row.save(update_fields=["data"])
            rotated += 1
    return rotated, unreadable


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
