"""The account's API: signing up, signing in and out, and API tokens."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from accounts import services
from accounts.errors import (
    AccountSuspended,
    EmailTaken,
    ReauthenticationNeeded,
    SecondFactorNeeded,
    SecondFactorUnreadable,
    SignUpClosed,
    UnknownClientAddress,
    WrongCode,
    WrongCredentials,
)
from accounts.models import Scope
from accounts.schemas import FreshToken, NewToken, PersonAnswer, SignIn, SignUp, Token
from accounts.sign_in import sessions
from accounts.sign_in.api_authentication import session_or_token
from base.api.document import raises
from base.api.pagination import InvalidCursor, Listing, Page, paginate
from base.errors import Invalid, TooMany
from base.http import ApiRequest
from base.postgresql.acting import acting_for_sign_in

router = Router(tags=["Account"])
ACCOUNT = session_or_token(Scope.ACCOUNT)


@router.post("/signup", response={201: PersonAnswer}, auth=None)
@raises(SignUpClosed, Invalid, EmailTaken, TooMany, UnknownClientAddress)
@acting_for_sign_in("a visitor creates an account")
def sign_up(request: HttpRequest, body: SignUp) -> Status[PersonAnswer]:
    """Make an account and sign in."""
    sessions.enforce_rate_limit(request, "signup")
    user = services.sign_up(email=body.email, password=body.password, name=body.name)
    sessions.record_password(request, user)
    sessions.start_session(request, user)
    return Status(201, PersonAnswer.of(user))


@router.post("/login", response=PersonAnswer, auth=None)
@raises(
    WrongCredentials,
    SecondFactorNeeded,
    WrongCode,
    AccountSuspended,
    TooMany,
    SecondFactorUnreadable,
    UnknownClientAddress,
)
@acting_for_sign_in("a visitor proves who they are")
def sign_in(request: HttpRequest, body: SignIn) -> PersonAnswer:
    """Start a session; `code` where there is a second factor."""
    return PersonAnswer.of(sessions.sign_in(request, email=body.email, password=body.password, code=body.code))


@router.post("/logout", response={204: None})
def sign_out(request: ApiRequest) -> Status[None]:
    """Ends the session; a token goes on until it is revoked."""
    sessions.sign_out(request)
    return Status(204, None)


@router.get("/me", response=PersonAnswer)
def me(request: ApiRequest) -> PersonAnswer:
    """Who is asking."""
    return PersonAnswer.of(request.user)


@router.get("/tokens", response=Page[Token], auth=ACCOUNT)
@raises(InvalidCursor)
def token_list(request: ApiRequest, listing: Query[Listing]) -> Page[Token]:
    """What tokens there are, newest first."""
    return paginate(request.user.api_tokens.all(), listing, Token.of)


@router.post("/tokens", response={201: FreshToken}, auth=ACCOUNT)
@raises(ReauthenticationNeeded, Invalid)
def token_create(request: ApiRequest, body: NewToken) -> Status[FreshToken]:
    """The token is in this answer and never in another."""
    sessions.require_recent_sign_in(request)
    token, secret = services.create_token(owner=request.user, maker=request.token, **body.model_dump())
    return Status(201, FreshToken.of_new(token, secret))


@router.delete("/tokens/{uuid:token_id}", response={204: None}, auth=ACCOUNT)
def token_revoke(request: ApiRequest, token_id: UUID) -> Status[None]:
    """End a token at once."""
    services.revoke_token(token=request.user.api_tokens.get_or_not_found(token_id))
    return Status(204, None)


ROUTERS = {"/auth": router}
