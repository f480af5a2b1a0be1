"""The one way into the API: a session with its CSRF token, or a Bearer token with scopes."""

from abc import ABC
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.errors import ForgedRequest, NotSignedIn, ScopeMissing
from accounts.models import ApiToken, Scope, User
from base.http import ApiRequest

LAST_USED_EVERY = timedelta(minutes=1)  # a write per request would cost more than the request
READING = ("GET", "HEAD", "OPTIONS")


def digest(token: str) -> str:
    """What is kept of a token. Tokens hold 256 random bits, so one round of SHA-256 can't be guessed backwards."""
    return sha256(token.encode()).hexdigest()


def authenticate(request: ApiRequest, scope: Scope | None = None) -> User:
    """The person who asks; sets `request.user` and `request.token`.

    Without `scope`, reading needs `read` and everything else `write`. An Authorization header decides alone:
    a wrong one is refused even beside a good session. Raises NotSignedIn, ForgedRequest, ScopeMissing.
    """
    header = request.headers.get("Authorization")
    if header is None:
        request.user, request.token = _by_session(request), None
    else:
        needed = scope or (Scope.READ if request.method in READING else Scope.WRITE)
        request.token = _by_token(header, needed)
        request.user = request.token.owner
    return request.user


def still_allowed(request: ApiRequest) -> bool:
    """Whether whoever came in by `authenticate` would still come in: streams ask this while they are open."""
    if request.token is not None:
        return ApiToken.objects.filter(pk=request.token.pk, owner__is_active=True).exists()
    fresh = HttpRequest()
    fresh.session = import_module(settings.SESSION_ENGINE).SessionStore(request.session.session_key)
    return bool(get_user(fresh).is_authenticated)


def _by_session(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise NotSignedIn
    if check_csrf(request):
        raise ForgedRequest
    return user


def _by_token(header: str, scope: Scope) -> ApiToken:
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer":
        raise NotSignedIn
    token = ApiToken.objects.select_related("owner").filter(digest=digest(secret.strip())).first()
    if token is None or not token.owner.is_active:
        raise NotSignedIn
    if scope not in token.scopes:
        raise ScopeMissing
    _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class _Door(AuthBase, ABC):
    """Ninja's form of `authenticate`; two of them, so that OpenAPI names both ways in."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> User:
        return authenticate(cast(ApiRequest, request), self.scope)


class BearerToken(_Door):
    openapi_type = "http"
    openapi_scheme = "bearer"


class SessionCookie(_Door):
    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME


def signed_in(scope: Scope | None = None) -> list[_Door]:
    """What an API, a router or an operation takes as `auth`; `scope` is what a token needs there."""
    return [BearerToken(scope), SessionCookie(scope)]
