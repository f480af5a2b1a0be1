"""Creating, changing and deleting accounts and API tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.sql import SQL, Identifier

from accounts.errors import EmailTaken, ScopeMissing, SignUpClosed
from accounts.models import ApiToken, Scope, User
from accounts.personal_data import registered, run_cleanups
from accounts.sign_in.api_authentication import digest
from base.errors import Invalid
from base.postgresql.acting import acting_for_sign_in

MAX_TOKEN_TIME = timedelta(days=3653)  # ten years
PREFIX = "ml_"  # of each API token, so that users and secret scanners recognize it
FIRST_ACCOUNT_LOCK = 0x4D4C01  # the key of an advisory lock, unique in this project


def sign_up(*, email: str, password: str, name: str = "") -> User:
    """Create an account. The first account on an empty server becomes its operator.

    Raises SignUpClosed, Invalid, EmailTaken.
    """
    if not settings.SIGNUP_OPEN:
        raise SignUpClosed
    user = User(email=email.strip().lower(), name=name.strip())
    _validate(user, password)
    user.set_password(password)
    with transaction.atomic():
        save_new_user(user=user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def save_new_user(*, user: User) -> None:
    """Insert the user, as operator if it is the first. Sign-up by page and by API both call this.

    Raises EmailTaken.
    """
    try:
        with transaction.atomic():
            if is_first_account():
                # Without the lock, two users who sign up first at the same time would both become operators.
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ACCOUNT_LOCK])
                user.is_staff = user.is_superuser = is_first_account()
            user.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken from None


def is_first_account() -> bool:
    """Whether the next user to sign up becomes the operator."""
    with acting_for_sign_in("the sign-up page asks whether there is any account"):
        return not User.objects.exists()


def rename_user(*, user: User, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


@transaction.atomic
def change_email(*, user: User, email: str) -> None:
    """Change the address with which the user signs in. A foreign key with ON UPDATE CASCADE updates allauth's copy.

    Raises EmailTaken.
    """
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email.strip().lower())
    except IntegrityError:
        raise EmailTaken from None
    EmailAddress.objects.filter(user=user).update(verified=False)
    user.refresh_from_db(fields=["email"])


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Delete the user and all personal data permanently, including its copy in the search index.

    Sessions and tokens end with the commit. Large tables are emptied without loading their rows: sending a signal for
    each of 500,000 reviews would take minutes. `run_cleanups` empties each table of the index with one outbox row.
    """
    # Waits for transactions that are inserting rows of this user, and keeps new ones from starting.
    User.objects.select_for_update().get(pk=user.pk)
    run_cleanups(user.pk)
    with connection.cursor() as cursor:
        # Foreign keys between these tables are checked at commit, so the order does not matter.
        for table in registered():
            name = Identifier(table.model._meta.db_table)
            cursor.execute(SQL("DELETE FROM {} WHERE owner_id = %s").format(name), [user.pk])
    user.delete()


def create_token(
    *,
    owner: User,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
    maker: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Create a token. Returns its row and the token itself, which is stored nowhere.

    A token created with another one (`maker`) can have only scopes that the maker has, and expires no later than it.
    Raises Invalid for an expiry in the past or in more than ten years, and ScopeMissing.
    """
    now = timezone.now()
    if expires_at is not None and not now < expires_at <= now + MAX_TOKEN_TIME:
        raise Invalid({"expires_at": [str(_("Choose a time in the future, at most ten years from now."))]})
    if maker is not None:
        if not set(scopes) <= set(maker.scopes):
            raise ScopeMissing(_("A token can create tokens only with scopes that it has itself."))
        expires_at = min(filter(None, (expires_at, maker.expires_at)), default=None)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        digest=digest(secret),
        last4=secret[-4:],
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return token, secret


def revoke_token(*, token: ApiToken) -> None:
    """Delete the token. Streams that were opened with it end within seconds."""
    token.delete()


def revoke_all_tokens(*, owner: User) -> None:
    """Delete all tokens of the user, as after a password reset: a thief may have made one."""
    owner.api_tokens.all().delete()


def _validate(user: User, password: str) -> None:
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
