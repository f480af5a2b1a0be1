"""What is known of a person's keys, for pages and the API; only `plain_key` opens one."""

from dataclasses import dataclass
from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from providers.errors import KeyMissing
from providers.key_encryption import decrypt_key
from providers.keyed import KEYED
from providers.models import ProviderKey, ProviderName


@dataclass(frozen=True)
class KeyStatus:
    """`valid` is None while nobody has been able to ask the provider."""

    provider: str
    label: str
    present: bool
    last4: str = ""
    valid: bool | None = None
    detail: str = ""
    validated_at: datetime | None = None


def stored_key(*, owner: User, provider: str) -> ProviderKey | None:
    return ProviderKey.objects.filter(owner=owner, provider=provider).first()


@sensitive_variables("key")
def plain_key(*, owner: User, provider: str) -> str:
    """For the one call that needs it; `KeyMissing`, `KeyUnreadable`."""
    key = stored_key(owner=owner, provider=provider)
    if key is None:
        raise KeyMissing
    return decrypt_key(key.ciphertext, owner_id=owner.pk, provider=provider)


def key_status(*, owner: User, provider: str) -> KeyStatus:
    return _shown(stored_key(owner=owner, provider=provider), provider)


def key_statuses(*, owner: User) -> list[KeyStatus]:
    """One for each provider that takes a key, in one query."""
    stored = {key.provider: key for key in ProviderKey.objects.filter(owner=owner)}
    return [_shown(stored.get(provider), provider) for provider in KEYED]


def _shown(key: ProviderKey | None, provider: str) -> KeyStatus:
    label = str(ProviderName(provider).label)
    if key is None:
        return KeyStatus(provider, label, present=False)
    return KeyStatus(provider, label, True, key.last4, key.valid, key.detail, key.validated_at)
