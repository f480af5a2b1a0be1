"""The secrets of second factors are stored encrypted and can be moved to a new key."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from pytest_django import Settings

from accounts.errors import SecondFactorUnreadable
from accounts.models import User
from accounts.sign_in.second_factor import rotate_second_factors
from tests.accounts.credentials import AuthenticatorApp


@pytest.fixture
def app(alice: User) -> AuthenticatorApp:
    return AuthenticatorApp.of(alice)


def accepts(app: AuthenticatorApp) -> bool:
    return bool(Authenticator.objects.get().wrap().validate_code(app.code()))


def test_the_secret_is_not_in_the_database(app: AuthenticatorApp) -> None:
    assert app.secret not in str(Authenticator.objects.values().get())
    assert accepts(app)


def test_rotation_encrypts_the_secret_with_the_first_key(app: AuthenticatorApp, settings: Settings) -> None:
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "1 second factors rotated." in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert accepts(app)


def test_a_secret_whose_key_is_lost_gives_an_error_with_advice(app: AuthenticatorApp, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SecondFactorUnreadable, match="operator"):
        accepts(app)
    assert rotate_second_factors() == (0, 1)
