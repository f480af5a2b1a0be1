"""Creating accounts and tokens, one at a time and concurrently."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import services
from accounts.errors import EmailTaken, SignUpClosed
from accounts.models import ApiToken, Scope, User
from base.errors import Invalid, MemoryLoopError
from tests.api import ApiClient
from tests.threads import run_together

PASSWORD = "correct horse battery"


@pytest.mark.django_db
def test_only_the_first_account_is_an_operator() -> None:
    assert services.is_first_account()
    first = services.sign_up(email="First@Example.org", password=PASSWORD, name=" First ")
    second = services.sign_up(email="second@example.org", password=PASSWORD)
    assert (first.email, first.name) == ("first@example.org", "First")
    assert (first.is_staff, first.is_superuser) == (True, True)
    assert (second.is_staff, second.is_superuser) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_the_accounts_created_concurrently_is_an_operator() -> None:
    def sign_up(number: int) -> Callable[[], object]:
        return lambda: services.sign_up(email=f"user{number}@example.org", password=PASSWORD)

    run_together([sign_up(number) for number in range(8)], expected=MemoryLoopError)
    assert User.objects.count() == 8
    assert User.objects.filter(is_superuser=True, is_staff=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_sign_ups_with_the_same_address_create_one_account() -> None:
    same = [lambda: services.sign_up(email="same@example.org", password=PASSWORD)] * 6
    results = run_together(same, expected=MemoryLoopError)
    assert User.objects.count() == 1
    assert sum(isinstance(result, EmailTaken) for result in results) == 5


@pytest.mark.django_db
def test_sign_up_can_be_closed(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    with pytest.raises(SignUpClosed):
        services.sign_up(email="late@example.org", password=PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("no address", PASSWORD, "email"),
        ("", PASSWORD, "email"),
        ("a\u0000@example.org", PASSWORD, "email"),
        ("alice@example.org", "short", "password"),
        ("alice@example.org", "1234567890", "password"),
        ("alice.liddell@example.org", "alice.liddell", "password"),
    ],
)
def test_invalid_fields_are_named(email: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.sign_up(email=email, password=password)
    assert list(caught.value.errors) == [field]


@pytest.mark.django_db
def test_passwords_are_stored_as_argon2() -> None:
    user = services.sign_up(email="alice@example.org", password=PASSWORD)
    assert user.password.startswith("argon2$argon2id$")


def test_only_the_digest_of_a_token_is_stored(alice: User) -> None:
    token, secret = services.create_token(owner=alice, name="Reader", scopes=[Scope.READ, Scope.READ])
    row = str(ApiToken.objects.values().get(pk=token.pk))
    assert secret not in row
    assert (token.scopes, token.last4) == (["read"], secret[-4:])
    assert len(secret) == 46


@pytest.mark.django_db
def test_signing_up_through_the_api_signs_in() -> None:
    api = ApiClient(Client(), {})
    response = api.post("/auth/signup", {"email": "New@Example.org", "password": PASSWORD, "name": "New"})
    assert response.status == 201
    assert response.body["user"]["email"] == "new@example.org"
    assert api.get("/auth/me").body == response.body


def test_extra_fields_are_never_assigned(alice: User) -> None:
    body = {
        "email": "sly@example.org",
        "password": PASSWORD,
        "is_staff": True,
        "is_superuser": True,
        "id": str(alice.pk),
    }
    assert ApiClient(Client(), {}).post("/auth/signup", body).status == 201
    sly = User.objects.get(email="sly@example.org")
    assert (sly.is_staff, sly.is_superuser) == (False, False)
    assert sly.pk != alice.pk


def test_signing_up_with_a_taken_address_gives_409(alice: User) -> None:
    response = ApiClient(Client(), {}).post("/auth/signup", {"email": "ALICE@example.org", "password": PASSWORD})
    assert (response.status, response.body["type"]) == (409, "email-taken")


@pytest.mark.django_db
def test_closed_sign_up_gives_403(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    response = ApiClient(Client(), {}).post("/auth/signup", {"email": "late@example.org", "password": PASSWORD})
    assert (response.status, response.body["type"]) == (403, "sign-up-closed")
