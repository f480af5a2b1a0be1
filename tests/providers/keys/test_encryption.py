from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from base.crypto import is_current
from providers.errors import KeyUnreadable
from providers.keys.encryption import decrypt_key, encrypt_key, reencrypt_key

KEY = "sk-ant-example"
ALICE, MALLORY = uuid4(), uuid4()


def test_a_key_is_decrypted_for_its_owner_only() -> None:
    encrypted = encrypt_key(KEY, owner_id=ALICE, provider="claude")
    assert KEY not in encrypted
    assert decrypt_key(encrypted, owner_id=ALICE, provider="claude") == KEY
    with pytest.raises(KeyUnreadable):
        decrypt_key(encrypted, owner_id=MALLORY, provider="claude")
    with pytest.raises(KeyUnreadable):
        decrypt_key(encrypted, owner_id=ALICE, provider="ollama")


def test_after_rotation_the_old_encryption_key_is_not_needed(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    encrypted = encrypt_key(KEY, owner_id=ALICE, provider="claude")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert not is_current(encrypted)
    reencrypted = reencrypt_key(encrypted)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert is_current(reencrypted)
    assert decrypt_key(reencrypted, owner_id=ALICE, provider="claude") == KEY
    with pytest.raises(KeyUnreadable):
        decrypt_key(encrypted, owner_id=ALICE, provider="claude")
    with pytest.raises(KeyUnreadable):
        reencrypt_key(encrypted)


@pytest.mark.parametrize("ciphertext", ["", "x", "gAAAA", "ü", "\x00"])
def test_text_that_is_not_a_ciphertext_is_unreadable(ciphertext: str) -> None:
    with pytest.raises(KeyUnreadable):
        decrypt_key(ciphertext, owner_id=ALICE, provider="claude")
    assert not is_current(ciphertext)
