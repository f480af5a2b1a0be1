from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from providers.crypto import is_current, reseal, seal, unseal
from providers.errors import KeyUnreadable

KEY = "sk-ant-planted"
ALICE, MALLORY = uuid4(), uuid4()


def test_a_sealed_key_opens_for_its_owner_only() -> None:
    sealed = seal(KEY, owner_id=ALICE, provider="claude")
    assert KEY not in sealed
    assert unseal(sealed, owner_id=ALICE, provider="claude") == KEY
    with pytest.raises(KeyUnreadable):
        unseal(sealed, owner_id=MALLORY, provider="claude")
    with pytest.raises(KeyUnreadable):
        unseal(sealed, owner_id=ALICE, provider="ollama")


def test_after_rotation_the_old_encryption_key_can_go(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    sealed = seal(KEY, owner_id=ALICE, provider="claude")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert not is_current(sealed)
    resealed = reseal(sealed)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert is_current(resealed)
    assert unseal(resealed, owner_id=ALICE, provider="claude") == KEY
    with pytest.raises(KeyUnreadable):
        unseal(sealed, owner_id=ALICE, provider="claude")
    with pytest.raises(KeyUnreadable):
        reseal(sealed)


@pytest.mark.parametrize("ciphertext", ["", "x", "gAAAA", "ü", "\x00"])
def test_what_is_no_ciphertext_is_unreadable(ciphertext: str) -> None:
    with pytest.raises(KeyUnreadable):
        unseal(ciphertext, owner_id=ALICE, provider="claude")
    assert not is_current(ciphertext)
