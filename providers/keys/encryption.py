"""Encryption of provider keys. Each ciphertext is bound to the owner and the provider of its key."""

import json
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from base import crypto
from providers.errors import KeyUnreadable


@sensitive_variables("key", "payload")
def encrypt_key(key: str, *, owner_id: UUID, provider: str) -> str:
    """The ciphertext of `key`. It does not decrypt in the row of another owner or provider."""
    payload = {"owner": str(owner_id), "provider": provider, "key": key}
    return crypto.encrypt(json.dumps(payload))


@sensitive_variables("payload")
def decrypt_key(ciphertext: str, *, owner_id: UUID, provider: str) -> str:
    """The plain key. Raises KeyUnreadable if no server key decrypts it, or if it was encrypted for another row."""
    try:
        payload = json.loads(crypto.decrypt(ciphertext))
    except (crypto.DecryptionFailed, ValueError):
        raise KeyUnreadable from None
    if (payload["owner"], payload["provider"]) != (str(owner_id), provider):
        raise KeyUnreadable
    return str(payload["key"])


def reencrypt_key(ciphertext: str) -> str:
    """The same key, encrypted under the first server key. Raises KeyUnreadable."""
    try:
        return crypto.rotate(ciphertext)
    except crypto.DecryptionFailed:
        raise KeyUnreadable from None
