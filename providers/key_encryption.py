"""Provider keys at rest. Each ciphertext is bound to whose key it is and for which provider."""

import json
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from base import crypto
from providers.errors import KeyUnreadable


@sensitive_variables("key", "payload")
def encrypt_key(key: str, *, owner_id: UUID, provider: str) -> str:
    """The ciphertext of `key`; copied to another row, it does not decrypt there."""
    payload = {"owner": str(owner_id), "provider": provider, "key": key}
    return crypto.encrypt(json.dumps(payload))


@sensitive_variables("payload")
def decrypt_key(ciphertext: str, *, owner_id: UUID, provider: str) -> str:
    """The plain key. Raises KeyUnreadable when no server key decrypts it, or when it was another row's."""
    try:
        payload = json.loads(crypto.decrypt(ciphertext))
    except (crypto.DecryptionFailed, ValueError):
        raise KeyUnreadable from None
    if (payload["owner"], payload["provider"]) != (str(owner_id), provider):
        raise KeyUnreadable
    return str(payload["key"])


def reencrypt_key(ciphertext: str) -> str:
    """The same key under the first server key. Raises KeyUnreadable."""
    try:
        return crypto.rotate(ciphertext)
    except crypto.DecryptionFailed:
        raise KeyUnreadable from None
