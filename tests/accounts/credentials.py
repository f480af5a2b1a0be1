"""The password and the authenticator app with which a test user signs in."""

from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from accounts.models import User

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class AuthenticatorApp:
    """The authenticator app on a user's phone."""

    secret: str

    @classmethod
    def of(cls, user: User) -> "AuthenticatorApp":
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        return cls(secret)

    def code(self) -> str:
        counter = next(yield_hotp_counters_from_time())
        return str(format_hotp_value(hotp_value(self.secret, counter)))
