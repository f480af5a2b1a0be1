"""Verbs on a person's provider keys. The plain key lives as long as the call."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from base.crypto import is_current
from providers.errors import KeyMalformed, KeyMissing, KeyNotNeeded, KeyRefused, KeyUnreadable, ProviderError
from providers.key_encryption import decrypt_key, encrypt_key, reencrypt_key
from providers.keyed import KEYED, provider_with
from providers.models import ProviderKey

# What may stand in an HTTP header: anything else would fail later, in a place that could quote it.
KEY_SHAPE = re.compile(r"[\x21-\x7e]{10,300}")


@sensitive_variables("key", "plain")
def store_key(*, owner: User, provider: str, key: str) -> ProviderKey:
    """Keep the key encrypted in place of any other; unchecked until `validate_key`.

    Raises `KeyMalformed` for what can't be a key, `KeyNotNeeded` for a provider that takes none.
    """
    plain = key.strip()
    if provider not in KEYED:
        raise KeyNotNeeded
    if not KEY_SHAPE.fullmatch(plain):
        raise KeyMalformed
    encrypted = encrypt_key(plain, owner_id=owner.pk, provider=provider)
    fresh = {"ciphertext": encrypted, "last4": plain[-4:], "valid": None, "detail": "", "validated_at": None}
    return ProviderKey.objects.update_or_create(owner=owner, provider=provider, defaults=fresh)[0]


def forget_key(*, owner: User, provider: str) -> None:
    """Delete the key; that there was none is fine."""
    ProviderKey.objects.filter(owner=owner, provider=provider).delete()


def validate_key(*, owner: User, provider: str) -> ProviderKey:
    """Ask the provider whether it takes the key, and keep the answer on the row; costs nothing there.

    `valid` becomes None when the provider could not be asked. Raises `KeyMissing`, `KeyNotNeeded`.
    """
    if provider not in KEYED:
        raise KeyNotNeeded
    asked = ProviderKey.objects.filter(owner=owner, provider=provider).first()
    if asked is None:
        raise KeyMissing
    valid, detail = _ask(asked)
    with transaction.atomic():
        key = ProviderKey.objects.select_for_update().filter(pk=asked.pk).first()
        if key is None:
            raise KeyMissing
        # The answer is about the key that was asked about, which may have been replaced meanwhile.
        if key.ciphertext == asked.ciphertext:
            key.valid, key.detail, key.validated_at = valid, detail[:300], timezone.now()
            key.save(update_fields=["valid", "detail", "validated_at", "updated_at"])
    return key


@sensitive_variables("plain")
def _ask(key: ProviderKey) -> tuple[bool | None, str]:
    try:
        plain = decrypt_key(key.ciphertext, owner_id=key.owner_id, provider=key.provider)
        provider_with(key=plain, provider=key.provider).models()
    except (KeyRefused, KeyUnreadable) as error:
        return False, error.detail
    except ProviderError as error:
        return None, error.detail
    return True, _("The key works.")


@transaction.atomic
def rotate_key(*, key: ProviderKey) -> bool:
    """Encrypt the key under the server's first encryption key; False when it was already. `KeyUnreadable`."""
    locked = ProviderKey.objects.select_for_update().filter(pk=key.pk).first()
    if locked is None or is_current(locked.ciphertext):
        return False
    # Not `save()`: for the person nothing changed, so `updated_at` stays.
    ProviderKey.objects.filter(pk=key.pk).update(ciphertext=reencrypt_key(locked.ciphertext))
    return True
