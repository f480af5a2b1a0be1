"""Service functions for users' provider keys. A plain key exists only for the length of a call."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from base.crypto import is_current
from providers.errors import KeyMalformed, KeyMissing, KeyNotNeeded, KeyRefused, KeyUnreadable, ProviderError
from providers.keys.encryption import encrypt_key, reencrypt_key
from providers.keys.keyed_providers import PROVIDERS_WITH_KEYS, connect
from providers.models import ProviderKey

# What an HTTP header can hold. Any other key would fail later, where an error message might quote it.
KEY_PATTERN = re.compile(r"[\x21-\x7e]{10,300}")


@sensitive_variables("key", "plain")
def store_key(*, owner: User, provider: str, key: str) -> ProviderKey:
    """Store the key encrypted, replacing an earlier one. It is unchecked until `validate_key`.

    Raises KeyMalformed if it can't be a key, and KeyNotNeeded for a provider that takes none.
    """
    plain = key.strip()
    if provider not in PROVIDERS_WITH_KEYS:
        raise KeyNotNeeded
    if not KEY_PATTERN.fullmatch(plain):
        raise KeyMalformed
    encrypted = encrypt_key(plain, owner_id=owner.pk, provider=provider)
    values = {"ciphertext": encrypted, "last4": plain[-4:], "valid": None, "detail": "", "validated_at": None}
    return ProviderKey.objects.update_or_create(owner=owner, provider=provider, defaults=values)[0]


def forget_key(*, owner: User, provider: str) -> None:
    """Delete the key, if there is one."""
    owner.provider_keys.filter(provider=provider).delete()


def validate_key(*, owner: User, provider: str) -> ProviderKey:
    """Ask the provider whether it accepts the key, and store the result. The request is free of charge.

    `valid` becomes None if the provider could not be asked. Raises KeyMissing and KeyNotNeeded.
    """
    if provider not in PROVIDERS_WITH_KEYS:
        raise KeyNotNeeded
    asked = owner.provider_keys.get_or_missing(provider)
    valid, detail = _check(asked)
    with transaction.atomic():
        key = ProviderKey.objects.select_for_update().filter(pk=asked.pk).first()
        if key is None:
            raise KeyMissing
        # If the key was replaced while its provider was being asked, the answer is not about the new key.
        if key.ciphertext == asked.ciphertext:
            key.valid, key.detail, key.validated_at = valid, detail[:300], timezone.now()
            key.save(update_fields=["valid", "detail", "validated_at", "updated_at"])
    return key


def _check(key: ProviderKey) -> tuple[bool | None, str]:
    try:
        connect(key).models()
    except (KeyRefused, KeyUnreadable) as error:
        return False, error.detail
    except ProviderError as error:
        return None, error.detail
    return True, _("The key works.")


@transaction.atomic
def rotate_key(*, key: ProviderKey) -> bool:
    """Encrypt the key under the server's first encryption key; False if it already was. Raises KeyUnreadable."""
    locked = ProviderKey.objects.select_for_update().filter(pk=key.pk).first()
    if locked is None or is_current(locked.ciphertext):
        return False
    # Not `save()`, which would change `updated_at`: for the user nothing has changed.
    ProviderKey.objects.filter(pk=key.pk).update(ciphertext=reencrypt_key(locked.ciphertext))
    return True
