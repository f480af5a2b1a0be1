"""Signing in through the API, and the attacks on it."""

from collections.abc import Callable
from time import process_time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.credentials import PASSWORD, AuthenticatorApp
from tests.api import ApiClient, ApiResponse
from tests.factories import UserFactory


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory(email="alice@example.org", password=PASSWORD)


def sign_in(
    email: str = "alice@example.org",
    password: str = PASSWORD,
    *,
    code: str = "",
    address: str = "192.0.2.1",
    **headers: str,
) -> ApiResponse:
    client = Client(REMOTE_ADDR=address)
    return ApiClient(client, headers).post("/auth/login", {"email": email, "password": password, "code": code})


@pytest.fixture
def app(alice: User) -> AuthenticatorApp:
    return AuthenticatorApp.of(alice)


def test_email_and_password_start_a_session(alice: User) -> None:
    api = ApiClient(Client(), {})
    response = api.post("/auth/login", {"email": " Alice@Example.ORG", "password": PASSWORD})
    assert response.status == 200
    assert response.body["user"] == {"id": str(alice.pk), "email": "alice@example.org", "name": ""}
    assert api.get("/auth/me").status == 200


def test_the_session_has_a_new_id_after_sign_in(alice: User) -> None:
    client = Client()
    client.session.save()
    before = client.session.session_key
    ApiClient(client, {}).post("/auth/login", {"email": alice.email, "password": PASSWORD})
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_sign_out_ends_the_session(alice: User) -> None:
    client = Client()
    api = ApiClient(client, {})
    api.post("/auth/login", {"email": alice.email, "password": PASSWORD})
    stolen = client.cookies["sessionid"].value
    assert api.post("/auth/logout").status == 204
    client.cookies["sessionid"] = stolen
    assert api.get("/auth/me").status == 401


def test_a_wrong_password_and_an_unknown_address_get_the_same_response(alice: User) -> None:
    wrong, unknown = sign_in(password="wrong password"), sign_in("unknown@example.org")
    assert wrong.status == 401
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)


def test_an_unknown_address_takes_as_long_as_a_known_one(alice: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    alice.set_password(PASSWORD)
    alice.save()

    def fastest(email: str, address: str) -> float:
        times = []
        for _ in range(4):
            start = process_time()
            sign_in(email, "wrong password", address=address)
            times.append(process_time() - start)
        return min(times)

    known, unknown = fastest(alice.email, "192.0.2.1"), fastest("unknown@example.org", "192.0.2.2")
    # Without its extra hash, an unknown address would take a tenth of the time. CPU time is measured, because the
    # machine may be busy with something else.
    assert 0.5 < known / unknown < 2


def test_a_suspended_user_is_rejected_only_after_the_correct_password(alice: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(password="wrong password").status == 401
    response = sign_in()
    assert (response.status, response.body["type"]) == (403, "suspended")
    assert not Session.objects.exists()


def test_21_guesses_from_21_addresses_are_stopped(alice: User) -> None:
    responses = [sign_in(password=f"guess {number}", address=f"192.0.2.{number}") for number in range(21)]
    assert [response.status for response in responses] == [401] * 10 + [429] * 11
    assert int(responses[-1].headers["Retry-After"]) > 0
    # The correct password is rejected as well; otherwise the attacker would learn that a guess was correct.
    assert sign_in(address="192.0.2.99").status == 429


def test_100_accounts_from_one_address_are_stopped(db: None) -> None:
    statuses = [sign_in(f"user{number}@example.org", "password1234").status for number in range(100)]
    assert statuses.count(401) <= 20
    assert set(statuses[30:]) == {429}


def test_a_forged_forwarding_header_does_not_reset_the_count(alice: User) -> None:
    for number in range(10):
        sign_in(password="wrong password", **{"X-Forwarded-For": f"198.51.100.{number}"})
    assert sign_in(**{"X-Forwarded-For": "203.0.113.7"}).status == 429


def test_correct_passwords_do_not_count(alice: User) -> None:
    assert [sign_in().status for _ in range(12)] == [200] * 12


def test_a_second_factor_is_required(alice: User, app: AuthenticatorApp) -> None:
    without = sign_in()
    assert (without.status, without.body["type"]) == (401, "second-factor-needed")
    assert sign_in(code="000000").body["type"] == "wrong-code"
    assert sign_in(code=app.code()).status == 200


def test_a_code_of_the_app_works_once(alice: User, app: AuthenticatorApp) -> None:
    code = app.code()
    assert [sign_in(code=code).status, sign_in(code=code).status] == [200, 401]


def test_a_recovery_code_works_once(alice: User, app: AuthenticatorApp) -> None:
    code = RecoveryCodes.activate(alice).generate_codes()[0]
    assert Authenticator.objects.count() == 2
    assert [sign_in(code=code).status, sign_in(code=code).status] == [200, 401]


def test_codes_cannot_be_guessed(alice: User, app: AuthenticatorApp) -> None:
    statuses = [sign_in(code="000000", address=f"192.0.2.{number}").status for number in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_a_form_of_another_site_cannot_sign_a_user_in(alice: User) -> None:
    body = b'{"email": "alice@example.org", "password": "correct horse battery", "x": "="}'
    assert Client().generic("POST", "/api/auth/login", body, content_type="text/plain").status_code == 415


def test_a_suspended_user_is_rejected_everywhere(
    alice: User, client_of: Callable[[User], Client], api_with: Callable[[str], ApiClient]
) -> None:
    client = client_of(alice)
    User.objects.update(is_active=False)
    assert client.get("/accounts/password/change/").status_code == 302
    assert client.get("/admin/").status_code == 302
    assert ApiClient(client, {}).get("/auth/me").status == 401
