"""Keys at rest: authenticated encryption with rotation, bound to whose key it is and for which provider."""

import json
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from providers.errors import KeyUnreadable


@sensitive_variables("key", "payload")
def seal(key: str, *, owner_id: UUID, provider: str) -> str:
    """The ciphertext of `key`, under the first of FIELD_ENCRYPTION_KEYS."""
    payload = {"owner": str(owner_id), "provider": provider, "key": key}
    return _all().encrypt(json.dumps(payload).encode()).decode()


@sensitive_variables("payload")
def unseal(ciphertext: str, *, owner_id: UUID, provider: str) -> str:
    """The plain key; `KeyUnreadable` under foreign keys, or when the ciphertext was another row's."""
    try:
        payload = json.loads(_all().decrypt(ciphertext))
    except (InvalidToken, ValueError):
        raise KeyUnreadable from None
    if (payload["owner"], payload["provider"]) != (str(owner_id), provider):
        raise KeyUnreadable
    return str(payload["key"])


def is_current(ciphertext: str) -> bool:
    """Whether the first of FIELD_ENCRYPTION_KEYS made it."""
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(ciphertext)
    except (InvalidToken, ValueError):
        return False
    return True


def reseal(ciphertext: str) -> str:
    """The same payload under the first key; `KeyUnreadable` when no key opens it."""
    try:
        return _all().rotate(ciphertext).decode()
    except (InvalidToken, ValueError):
        raise KeyUnreadable from None


def _all() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
