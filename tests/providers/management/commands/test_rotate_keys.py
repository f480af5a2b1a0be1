from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from providers.keys.keyed_providers import plain_key
from providers.models import ProviderKey
from providers.services import rotate_key, store_key
from tests.stand_ins.claude import GOOD_KEY


def rotate() -> str:
    output = StringIO()
    call_command("rotate_keys", stdout=output)
    return output.getvalue()


@pytest.fixture
def encryption_keys(settings: Settings, alice: User, mallory: User) -> list[str]:
    """[new, old], as in the settings. Two API keys are stored, encrypted under the old one."""
    for owner in (alice, mallory):
        store_key(owner=owner, provider="claude", key=GOOD_KEY)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    return list(settings.FIELD_ENCRYPTION_KEYS)


def test_the_new_encryption_key_alone_decrypts_every_key(
    settings: Settings, alice: User, encryption_keys: list[str]
) -> None:
    assert "2 keys rotated." in rotate()
    settings.FIELD_ENCRYPTION_KEYS = encryption_keys[:1]
    assert plain_key(alice.provider_keys.get()) == GOOD_KEY


def test_a_second_run_continues_where_the_first_stopped(encryption_keys: list[str]) -> None:
    first = ProviderKey.objects.order_by("pk")[0]
    assert rotate_key(key=first)
    assert "1 keys rotated." in rotate()
    assert "0 keys rotated." in rotate()


def test_an_unreadable_key_is_reported_and_the_others_are_rotated(encryption_keys: list[str], mallory: User) -> None:
    ProviderKey.objects.filter(owner=mallory).update(ciphertext="gAAAA")
    with pytest.raises(CommandError, match="1 stored keys"):
        rotate()
    assert not any(rotate_key(key=key) for key in ProviderKey.objects.exclude(owner=mallory))
