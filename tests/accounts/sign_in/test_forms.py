"""What happens to API tokens when a password is changed or reset, a second factor is turned on, or sessions end."""

import re

import pytest
from allauth.mfa.utils import is_mfa_enabled
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.credentials import PASSWORD, AuthenticatorApp
from tests.factories import ApiTokenFactory, UserFactory

NEW = {"password1": "another long secret", "password2": "another long secret"}


@pytest.fixture
def alice(db: None) -> User:
    alice = UserFactory(email="alice@example.org", password=PASSWORD)
    ApiTokenFactory(owner=alice)
    ApiTokenFactory()  # another user's, which must stay
    return alice


@pytest.fixture
def window(alice: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    return client


def test_a_password_reset_revokes_all_tokens(alice: User, mallory: User) -> None:
    ApiTokenFactory(owner=mallory)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": alice.email})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found is not None
    address = client.get(found[1], follow=True).redirect_chain[-1][0]
    assert client.post(address, {**NEW, "password2": "mistyped"}).status_code == 200
    assert alice.api_tokens.exists()
    client.post(address, NEW)
    assert not alice.api_tokens.exists()
    assert mallory.api_tokens.exists()


@pytest.mark.parametrize("revoke", [True, False])
def test_a_password_change_revokes_all_tokens_if_the_user_says_so(revoke: bool, alice: User, window: Client) -> None:
    address = reverse("account_change_password")
    assert not window.get(address).context["form"]["revoke_tokens"].value()
    form = {"oldpassword": PASSWORD, **NEW, **({"revoke_tokens": "on"} if revoke else {})}
    assert window.post(address, {**form, "oldpassword": "wrong"}).status_code == 200
    assert alice.api_tokens.exists()
    assert window.post(address, form).status_code == 302
    assert alice.api_tokens.exists() is not revoke


@pytest.mark.parametrize("revoke", [True, False])
def test_signing_out_other_sessions_offers_to_revoke_all_tokens(revoke: bool, alice: User, window: Client) -> None:
    address = reverse("usersessions_list")
    page = window.get(address)
    assert page.context["form"]["revoke_tokens"].value()
    assert 'name="revoke_tokens"' in page.text  # although there is no other session
    assert window.post(address, {"revoke_tokens": "on"} if revoke else {}).status_code == 302
    assert alice.api_tokens.exists() is not revoke


@pytest.mark.parametrize("revoke", [True, False])
def test_a_new_second_factor_revokes_all_tokens_if_the_user_says_so(
    revoke: bool, alice: User, mallory: User, window: Client
) -> None:
    ApiTokenFactory(owner=mallory)
    address = reverse("mfa_activate_totp")
    page = window.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": address}, follow=True)
    assert 'name="revoke_tokens"' in page.text
    assert not page.context["form"]["revoke_tokens"].value()
    code = AuthenticatorApp(page.context["form"].secret).code()
    form = {"revoke_tokens": "on"} if revoke else {}
    assert window.post(address, {**form, "code": "wrong"}).status_code == 200
    assert alice.api_tokens.exists()
    assert window.post(address, {**form, "code": code}).status_code == 302
    assert is_mfa_enabled(alice)
    assert alice.api_tokens.exists() is not revoke
    assert mallory.api_tokens.exists()


def test_a_new_token_requires_the_password_again(alice: User, window: Client) -> None:
    address, form = reverse("accounts:tokens"), {"name": "Script", "scopes": ["read"]}
    assert window.get(address).status_code == 200
    asked = window.post(address, form)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert window.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert alice.api_tokens.count() == 1
    created = window.post(asked["Location"], {"password": PASSWORD, "next": address})
    assert created.status_code == 201
    assert created.context["secret"] in created.text
    assert alice.api_tokens.count() == 2
