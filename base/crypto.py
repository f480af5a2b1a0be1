"""Authenticated encryption with FIELD_ENCRYPTION_KEYS. The first key encrypts, all keys decrypt."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class DecryptionFailed(Exception):
    """None of the server's keys decrypts the text, or it is not a ciphertext."""


def encrypt(text: str) -> str:
    return _all_keys().encrypt(text.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """Raises DecryptionFailed."""
    try:
        return _all_keys().decrypt(ciphertext).decode()
    except (InvalidToken, ValueError):
        raise DecryptionFailed from None


def rotate(ciphertext: str) -> str:
    """The same text, encrypted with the first key. Raises DecryptionFailed."""
    try:
        return _all_keys().rotate(ciphertext).decode()
    except (InvalidToken, ValueError):
        raise DecryptionFailed from None


def is_current(ciphertext: str) -> bool:
    """Whether the first key encrypted the text."""
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(ciphertext)
    except (InvalidToken, ValueError):
        return False
    return True


def _all_keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
