"""The request and response bodies of the account's API."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Field, Schema

from accounts.models import ApiToken, Scope, User
from base.api.schemas import RequestBody
from base.api.values import Choice, Moment

MAX_PASSWORD_LENGTH = 1000  # characters; hashing a password costs time, and anyone may send one


class Person(Schema):
    id: UUID
    email: str
    name: str

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.pk, email=user.email, name=user.name)


class PersonAnswer(Schema):
    user: Person

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user=Person.of(user))


class SignUp(RequestBody):
    email: str = Field(max_length=254)
    password: str = Field(max_length=MAX_PASSWORD_LENGTH)
    name: str = Field("", max_length=150)


class SignIn(RequestBody):
    """`code` is that of the authenticator app, or a recovery code, for a person who has a second factor."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=MAX_PASSWORD_LENGTH)
    code: str = Field("", max_length=20)


class NewToken(RequestBody):
    name: str = Field(min_length=1, max_length=100)
    scopes: list[Choice[Scope]] = Field([Scope.READ, Scope.WRITE], min_length=1, max_length=len(Scope))
    expires_at: Moment | None = None


class Token(Schema):
    id: UUID
    name: str
    last4: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        return cls.from_orm(token)


class FreshToken(Token):
    token: str

    @classmethod
    def of_new(cls, token: ApiToken, secret: str) -> Self:
        return cls(**Token.of(token).model_dump(), token=secret)
