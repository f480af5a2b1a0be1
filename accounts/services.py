"""What people do with their account."""

import secrets
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from psycopg.sql import SQL, Identifier

from accounts.errors import EmailTaken, SignUpClosed
from accounts.models import ApiToken, Scope, User
from accounts.personal_data import registered, run_cleanups
from accounts.sign_in.api_authentication import digest
from base.errors import Invalid

PREFIX = "ml_"  # lets people and secret scanners see what it is
FIRST_ACCOUNT_LOCK = 0x4D4C01  # an advisory lock's number, unlike any other in this project


def sign_up(*, email: str, password: str, name: str = "") -> User:
    """Make an account; the first one on an empty server becomes its operator.

    Raises SignUpClosed, Invalid, EmailTaken.
    """
    if not settings.SIGNUP_OPEN:
        raise SignUpClosed
    user = User(email=email.strip().lower(), name=name.strip())
    _check(user, password)
    user.set_password(password)
    with transaction.atomic():
        admit(user=user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def admit(*, user: User) -> None:
    """Save a person who is not saved yet; raises EmailTaken.

    Both ways to sign up, the page and the API, end here.
    """
    try:
        with transaction.atomic():
            if is_first_account():
                # Without the lock two first people would both be the operator.
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ACCOUNT_LOCK])
                user.is_staff = user.is_superuser = is_first_account()
            user.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken from None


def is_first_account() -> bool:
    """Whether whoever signs up now becomes the operator."""
    return not User.objects.exists()


def rename(*, user: User, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Delete the person and everything of theirs, the searchable copy included, for good.

    Sessions and tokens end with the commit. Large tables are emptied without loading their rows: one signal for
    each of 500,000 reviews would take minutes, and `run_cleanups` tells the index the same in one row.
    """
    # What is being written just now must be there to be deleted, and nothing may come after it.
    User.objects.select_for_update().get(pk=user.pk)
    run_cleanups(user.pk)
    with connection.cursor() as cursor:
        # Foreign keys between these tables are checked at the end of the transaction, so the order is free.
        for table in registered():
            name = Identifier(table.model._meta.db_table)
            cursor.execute(SQL("DELETE FROM {} WHERE owner_id = %s").format(name), [user.pk])
    user.delete()


def create_token(*, owner: User, name: str, scopes: Iterable[Scope]) -> tuple[ApiToken, str]:
    """Make a token; the second value is the token itself, which exists nowhere else from here on."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner, name=name, digest=digest(secret), last4=secret[-4:], scopes=sorted(set(scopes))
    )
    return token, secret


def revoke_token(*, token: ApiToken) -> None:
    """End the token at once, on every door; open streams that came in by it end within seconds."""
    token.delete()


def _check(user: User, password: str) -> None:
    errors: dict[str, list[str]] = {}
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        errors = error.message_dict
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = error.messages
    if errors:
        raise Invalid(errors)
    if User.objects.filter(email=user.email).exists():
        raise EmailTaken
