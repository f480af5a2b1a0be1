"""Which sessions, tokens and scopes the API accepts."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, Scope, User
from accounts.sign_in.api_authentication import authenticate, still_allowed
from base.http import ApiRequest
from tests.api import ApiClient
from tests.factories import ApiTokenFactory
from tests.site_urls import API, operations

ME = "/auth/me"
TOKENS = "/auth/tokens"


@pytest.fixture
def api_with_scopes(alice: User, api_with: Callable[[str], ApiClient]) -> Callable[..., ApiClient]:
    def make(*scopes: Scope) -> ApiClient:
        ApiTokenFactory(owner=alice, token="ml_scoped", scopes=list(scopes))
        return api_with("ml_scoped")

    return make


@pytest.mark.django_db
def test_a_request_without_session_or_token_is_rejected() -> None:
    response = ApiClient(Client(), {}).get(ME)
    assert response.status == 401
    assert response.body["type"] == "not-signed-in"


def test_a_session_is_accepted(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).get(ME).body["user"]["email"] == "alice@example.org"


def test_a_token_is_accepted(alice: User, api_with_scopes: Callable[..., ApiClient]) -> None:
    assert api_with_scopes(Scope.READ).get(ME).body["user"]["id"] == str(alice.pk)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic ml_scoped", "ml_scoped", "Bearer ml_scopedx", "é"]
)
def test_a_wrong_header_is_rejected_even_with_a_valid_session(
    header: str, alice: User, client_of: Callable[[User], Client]
) -> None:
    ApiTokenFactory(owner=alice, token="ml_scoped")
    response = ApiClient(client_of(alice), {"Authorization": header}).get(ME)
    assert response.status == 401


@pytest.mark.parametrize(("scope", "status"), [(Scope.READ, 403), (Scope.WRITE, 403), (Scope.ACCOUNT, 200)])
def test_only_the_account_scope_manages_tokens(
    scope: Scope, status: int, api_with_scopes: Callable[..., ApiClient]
) -> None:
    assert api_with_scopes(scope).get(TOKENS).status == status


def test_the_write_scope_does_not_read(api_with_scopes: Callable[..., ApiClient]) -> None:
    response = api_with_scopes(Scope.WRITE).get(ME)
    assert response.status == 403
    assert response.body["type"] == "scope-missing"


def test_a_revoked_token_is_rejected(api_with_scopes: Callable[..., ApiClient]) -> None:
    api = api_with_scopes(Scope.READ)
    ApiToken.objects.all().delete()
    assert api.get(ME).status == 401


def test_a_suspended_user_is_rejected_by_session_and_by_token(
    alice: User, api_of: Callable[[User], ApiClient], api_with_scopes: Callable[..., ApiClient]
) -> None:
    by_session, by_token = api_of(alice), api_with_scopes(Scope.READ)
    User.objects.update(is_active=False)
    assert by_session.get(ME).status == 401
    assert by_token.get(ME).status == 401


def test_a_session_changes_nothing_without_its_csrf_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    response = ApiClient(client, {}).post(TOKENS, {"name": "forged"})
    assert response.status == 403
    assert response.body["type"] == "csrf"
    assert not ApiToken.objects.exists()


def test_a_token_needs_no_csrf_token(alice: User) -> None:
    ApiTokenFactory(owner=alice, token="ml_scoped")
    api = ApiClient(Client(enforce_csrf_checks=True), {"Authorization": "Bearer ml_scoped"})
    assert api.post(TOKENS, {"name": "second"}).status == 201


def test_the_last_use_is_recorded_at_most_once_a_minute(api_with_scopes: Callable[..., ApiClient]) -> None:
    api = api_with_scopes(Scope.READ)
    api.get(ME)
    first = ApiToken.objects.get().last_used_at
    api.get(ME)
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    api.get(ME)
    assert ApiToken.objects.filter(last_used_at__gt=first).exists()


def authenticated(request: HttpRequest) -> ApiRequest:
    api_request = cast(ApiRequest, request)
    authenticate(api_request)
    return api_request


@pytest.fixture
def by_session(alice: User, rf: RequestFactory) -> ApiRequest:
    request = rf.get("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    login(request, alice, "allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    return authenticated(request)


@pytest.fixture
def by_token(alice: User, rf: RequestFactory) -> ApiRequest:
    ApiTokenFactory(owner=alice, token="ml_stream")
    return authenticated(rf.get("/", headers={"Authorization": "Bearer ml_stream"}))


def test_an_authenticated_request_stays_allowed(by_session: ApiRequest, by_token: ApiRequest) -> None:
    assert still_allowed(by_session)
    assert still_allowed(by_token)


def test_a_suspended_user_is_no_longer_allowed(by_session: ApiRequest, by_token: ApiRequest) -> None:
    User.objects.update(is_active=False)
    assert not still_allowed(by_session)
    assert not still_allowed(by_token)


def test_a_revoked_token_is_no_longer_allowed(by_session: ApiRequest, by_token: ApiRequest) -> None:
    ApiToken.objects.all().delete()
    assert not still_allowed(by_token)
    assert still_allowed(by_session)


def test_an_ended_session_is_no_longer_allowed(by_session: ApiRequest, by_token: ApiRequest) -> None:
    Session.objects.all().delete()
    assert not still_allowed(by_session)
    assert still_allowed(by_token)


def test_a_session_is_no_longer_allowed_after_a_password_change(alice: User, by_session: ApiRequest) -> None:
    alice.set_password("another long secret")
    alice.save()
    assert not still_allowed(by_session)


def test_a_deleted_user_is_no_longer_allowed(alice: User, by_session: ApiRequest, by_token: ApiRequest) -> None:
    alice.delete()
    assert not still_allowed(by_session)
    assert not still_allowed(by_token)


def test_checking_again_takes_few_queries(
    by_session: ApiRequest, by_token: ApiRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        still_allowed(by_session)
        still_allowed(by_token)


FORMS = [
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense"),
    ("application/x-www-form-urlencoded; charset=latin-9", b"a=1"),
    ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 2000)),
]


@pytest.mark.parametrize(("content_type", "body"), FORMS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_form_is_refused_before_the_session_is_checked(
    content_type: str, body: bytes, method: str, alice: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(alice)
    client.raise_request_exception = False
    client.handler.enforce_csrf_checks = True
    for operation in [operation for operation in operations() if operation.method == method.upper()]:
        path = re.sub(r"{\w+}", str(uuid4()), API + operation.path)
        response = client.generic(method, path, body, content_type=content_type)
        assert response.status_code == 415, operation
        assert response["Content-Type"] == "application/problem+json"


def test_an_empty_form_is_accepted_where_no_body_is_expected(alice: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(alice)
    response = client.generic("POST", "/api/quiz/undo", b"", content_type="application/x-www-form-urlencoded")
    assert response.status_code != 415
