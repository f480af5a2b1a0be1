"""Secrets of second factors lie encrypted, and move to a new key."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from pytest_django import Settings

from accounts.errors import SecondFactorUnreadable
from accounts.models import User
from accounts.sign_in.second_factor import rotate_second_factors
from tests.accounts.signing import Phone


@pytest.fixture
def phone(alice: User) -> Phone:
    return Phone.of(alice)


def accepts(phone: Phone) -> bool:
    return bool(Authenticator.objects.get().wrap().validate_code(phone.code()))


def test_the_secret_is_not_in_the_database(phone: Phone) -> None:
    assert phone.secret not in str(Authenticator.objects.values().get())
    assert accepts(phone)


def test_rotation_moves_the_secret_to_the_first_key(phone: Phone, settings: Settings) -> None:
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "1 second factors rotated." in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert accepts(phone)


def test_a_secret_whose_key_is_lost_is_told_in_words(phone: Phone, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SecondFactorUnreadable, match="operator"):
        accepts(phone)
    assert rotate_second_factors() == (0, 1)
