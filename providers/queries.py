"""Reads of a user's keys for pages and the API, which never show a key itself."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from providers.keys.keyed_providers import PROVIDERS_WITH_KEYS
from providers.models import ProviderKey, ProviderName


@dataclass(frozen=True)
class KeyStatus:
    """`valid` is None until the provider has been asked."""

    provider: str
    label: str
    present: bool
    last4: str = ""
    valid: bool | None = None
    detail: str = ""
    validated_at: datetime | None = None


def key_status(*, owner: User, provider: str) -> KeyStatus:
    return _status(owner.provider_keys.find(provider), provider)


def key_statuses(*, owner: User) -> list[KeyStatus]:
    """One status for each provider that takes a key, in one query."""
    keys = {key.provider: key for key in owner.provider_keys.all()}
    return [_status(keys.get(provider), provider) for provider in PROVIDERS_WITH_KEYS]


def _status(key: ProviderKey | None, provider: str) -> KeyStatus:
    label = str(ProviderName(provider).label)
    if key is None:
        return KeyStatus(provider, label, present=False)
    return KeyStatus(provider, label, True, key.last4, key.valid, key.detail, key.validated_at)
