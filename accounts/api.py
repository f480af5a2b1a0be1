"""Who is asking, and the tokens of their programs."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from accounts import services
from accounts.models import Scope, User
from accounts.sign_in import sessions
from accounts.sign_in.api_authentication import signed_in
from base.api.pagination import Listing, Page, paginate
from base.http import ApiRequest

router = Router(tags=["Account"])
LONGEST_PASSWORD = 1000  # characters; hashing has a price, and it is paid before anybody is known
ACCOUNT = signed_in(Scope.ACCOUNT)


class Person(Schema):
    id: UUID
    email: str
    name: str


class PersonAnswer(Schema):
    user: Person


class SignUp(Schema):
    email: str = Field(max_length=254)
    password: str = Field(max_length=LONGEST_PASSWORD)
    name: str = Field("", max_length=150)


class SignIn(Schema):
    """`code` is that of the authenticator app, or a recovery code, for a person who has a second factor."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=LONGEST_PASSWORD)
    code: str = Field("", max_length=20)


class NewToken(Schema):
    name: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field([Scope.READ, Scope.WRITE], min_length=1, max_length=len(Scope))


class Token(Schema):
    id: UUID
    name: str
    last4: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None


class FreshToken(Token):
    token: str


@router.post("/signup", response={201: PersonAnswer}, auth=None)
def sign_up(request: HttpRequest, body: SignUp) -> Status[dict[str, User]]:
    """Make an account and sign in."""
    sessions.limit(request, "signup")
    user = services.sign_up(email=body.email, password=body.password, name=body.name)
    sessions.start_session(request, user)
    return Status(201, {"user": user})


@router.post("/login", response=PersonAnswer, auth=None)
def sign_in(request: HttpRequest, body: SignIn) -> dict[str, User]:
    """Start a session; `code` where there is a second factor."""
    return {"user": sessions.sign_in(request, email=body.email, password=body.password, code=body.code)}


@router.post("/logout", response={204: None})
def sign_out(request: ApiRequest) -> Status[None]:
    """Ends the session; a token goes on until it is revoked."""
    sessions.sign_out(request)
    return Status(204, None)


@router.get("/me", response=PersonAnswer)
def me(request: ApiRequest) -> dict[str, User]:
    """Who is asking."""
    return {"user": request.user}


@router.get("/tokens", response=Page[Token], auth=ACCOUNT)
def token_list(request: ApiRequest, listing: Query[Listing]) -> dict[str, object]:
    """What tokens there are, newest first."""
    return paginate(request.user.api_tokens.all(), listing, Token.from_orm)


@router.post("/tokens", response={201: FreshToken}, auth=ACCOUNT)
def token_create(request: ApiRequest, body: NewToken) -> Status[dict[str, object]]:
    """The token is in this answer and never in another."""
    token, secret = services.create_token(owner=request.user, name=body.name, scopes=body.scopes)
    return Status(201, {**Token.from_orm(token).dict(), "token": secret})


@router.delete("/tokens/{uuid:token_id}", response={204: None}, auth=ACCOUNT)
def token_revoke(request: ApiRequest, token_id: UUID) -> Status[None]:
    """End a token at once."""
    services.revoke_token(token=get_object_or_404(request.user.api_tokens, pk=token_id))
    return Status(204, None)


ROUTERS = {"/auth": router}
