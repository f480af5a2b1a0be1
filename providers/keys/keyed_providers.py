"""Providers that work with the user's own key. Their client libraries are imported when the first key is used."""

from django.views.decorators.debug import sensitive_variables

from providers.errors import KeyNotNeeded, KeyUnreadable
from providers.keys.encryption import decrypt_key
from providers.models import ProviderKey, ProviderName
from providers.types import Provider

PROVIDERS_WITH_KEYS = (ProviderName.CLAUDE,)


def plain_key(key: ProviderKey) -> str:
    """The decrypted key, for one call to its provider. Raises KeyUnreadable."""
    return decrypt_key(key.ciphertext, owner_id=key.owner_id, provider=key.provider)


def unreadable_keys() -> int:
    """How many stored keys none of FIELD_ENCRYPTION_KEYS decrypts."""
    return sum(not _is_readable(key) for key in ProviderKey.objects.iterator())


def _is_readable(key: ProviderKey) -> bool:
    try:
        return bool(plain_key(key))
    except KeyUnreadable:
        return False


def connect(key: ProviderKey) -> Provider:
    """The provider that this key belongs to. Raises KeyUnreadable and KeyNotNeeded."""
    return keyed_provider(key=plain_key(key), provider=key.provider)


@sensitive_variables("key")
def keyed_provider(*, key: str, provider: str) -> Provider:
    """The provider with this plain key. Raises KeyNotNeeded for a provider that takes no key."""
    if provider != ProviderName.CLAUDE:
        raise KeyNotNeeded
    # Importing the SDK takes 1.5 s of CPU time and 43 MB; web and worker would each pay for it at every start.
    from providers.claude.client import Claude

    return Claude(key)
