"""Encryption of the secrets of authenticator apps and recovery codes."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.errors import SecondFactorUnreadable
from base import crypto

SECRETS = ("secret", "seed")  # of an authenticator app, and of recovery codes


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return crypto.decrypt(encrypted_text)
        except crypto.DecryptionFailed:
            raise SecondFactorUnreadable from None


def rotate_second_factors() -> tuple[int, int]:
    """Encrypt every secret with the first of FIELD_ENCRYPTION_KEYS.

    Returns how many rows were encrypted, and how many no key could decrypt.
    """
    rotated = unreadable = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Locked, because using a recovery code changes the same row.
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            try:
                encrypted = {name: crypto.rotate(row.data[name]) for name in SECRETS if name in row.data}
            except crypto.DecryptionFailed:
                unreadable += 1
                continue
            row.data = {**row.data, **encrypted}
            row.save(update_fields=["data"])
            rotated += 1
    return rotated, unreadable


def unreadable_second_factors() -> int:
    """How many rows none of FIELD_ENCRYPTION_KEYS decrypts."""
    return sum(not _is_readable(row) for row in Authenticator.objects.iterator())


def _is_readable(row: Authenticator) -> bool:
    try:
        return all(crypto.decrypt(row.data[name]) for name in SECRETS if name in row.data)
    except crypto.DecryptionFailed:
        return False
