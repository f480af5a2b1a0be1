"""What people do with their account."""

import secrets
from collections.abc import Iterable

from accounts.authentication import digest
from accounts.models import ApiToken, Scope, User

TOKEN_PREFIX = "ml_"  # noqa: S105


def create_token(*, owner: User, name: str, scopes: Iterable[Scope]) -> tuple[ApiToken, str]:
    """Make a token; the second value is the token itself, which exists nowhere else from here on."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner, name=name, digest=digest(secret), last4=secret[-4:], scopes=sorted(set(scopes))
    )
    return token, secret


def revoke_token(*, token: ApiToken) -> None:
    """End the token at once, on every door; open streams that came in by it end within seconds."""
    token.delete()
