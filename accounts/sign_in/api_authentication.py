"""Authentication of the API: a session with its CSRF token, or a bearer token with scopes."""

from abc import ABC
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.errors import CsrfFailed, NotSignedIn, ScopeMissing
from accounts.models import ApiToken, Scope, User
from base.api.json_parser import WrongContentType, refuse_form
from base.errors import MemoryLoopError
from base.http import ApiRequest
from base.postgresql.acting import act_for, acting_for_sign_in
from base.quotas.senders import remember_owner
from base.quotas.slots import TooManyRequests
from base.sql.prepared import PreparedQuery

LAST_USED_INTERVAL = timedelta(minutes=1)  # recording each use would cost more than most requests
READ_METHODS = ("GET", "HEAD", "OPTIONS")


_TOKEN = PreparedQuery(
    lambda digest, at: ApiToken.objects.valid(at).select_related("owner").filter(digest=digest), digest=str, at=datetime
)


def digest(token: str) -> str:
    """The stored form of a token. It has 256 random bits, so one round of SHA-256 cannot be reversed by guessing."""
    return sha256(token.encode()).hexdigest()


def authenticate(request: ApiRequest, scope: Scope | None = None) -> User:
    """The user who sends the request; sets `request.user` and `request.token`.

    Without `scope`, reading needs the scope `read` and everything else `write`. A request with an Authorization header
    is authenticated by that header alone, even if it also has a valid session.
    Raises NotSignedIn, CsrfFailed, ScopeMissing.
    """
    header = request.headers.get("Authorization")
    if header is None:
        request.user, request.token = _by_session(request), None
    else:
        needed = scope or (Scope.READ if request.method in READ_METHODS else Scope.WRITE)
        request.token = _by_token(request, header, needed)
        request.user = request.token.owner
    return request.user


def still_allowed(request: ApiRequest) -> bool:
    """Whether the session or token that `authenticate` accepted is still valid. Open streams check this repeatedly."""
    if request.token is not None:
        return ApiToken.objects.valid(timezone.now()).filter(pk=request.token.pk).exists()
    new_request = HttpRequest()  # without the user that `request` has cached
    new_request.session = import_module(settings.SESSION_ENGINE).SessionStore(request.session.session_key)
    return bool(get_user(new_request).is_authenticated)


def _by_session(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise NotSignedIn
    if check_csrf(request):
        raise CsrfFailed
    return user


def _by_token(request: HttpRequest, header: str, scope: Scope) -> ApiToken:
    token = token_of(header)
    if scope not in token.scopes:
        raise ScopeMissing
    act_for(token.owner_id)
    remember_owner(request, "authorization", token.owner_id)
    record_use(token)
    return token


def token_of(header: str) -> ApiToken:
    """The valid token in an Authorization header, with its owner. Raises NotSignedIn."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn
    with acting_for_sign_in("a request names a token, and only its row names the owner"):
        token = _TOKEN.first(digest=digest(secret.strip()), at=timezone.now())
    if token is None:
        raise NotSignedIn
    return token


def record_use(token: ApiToken) -> None:
    """Note that the token is used now. Call it while acting for the owner."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_INTERVAL:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class _Authenticator(AuthBase, ABC):
    """`authenticate` as Ninja calls it. There are two subclasses so that the OpenAPI document names both schemes."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope
        super().__init__()

    def errors_for(self, methods: Iterable[str]) -> list[type[MemoryLoopError]]:
        """The errors for the OpenAPI document. Reading needs no CSRF token, and may have any body."""
        errors = [NotSignedIn, ScopeMissing, TooManyRequests]
        return errors if set(methods) <= set(READ_METHODS) else [*errors, CsrfFailed, WrongContentType]

    def __call__(self, request: HttpRequest) -> User:
        if request.method not in READ_METHODS:
            refuse_form(request)
        return authenticate(cast(ApiRequest, request), self.scope)


class BearerToken(_Authenticator):
    openapi_type = "http"
    openapi_scheme = "bearer"


class SessionCookie(_Authenticator):
    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME


def session_or_token(scope: Scope | None = None) -> list[_Authenticator]:
    """The `auth` argument of an API, a router or an operation; `scope` is the scope that a token needs there."""
    return [BearerToken(scope), SessionCookie(scope)]
