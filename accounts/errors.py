"""The errors of signing up, signing in and API authentication."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, Unavailable


class NotSignedIn(MemoryLoopError):
    status = 401
    code = "not-signed-in"
    message = _("Sign in, or send an API token as a Bearer token.")


class CsrfFailed(MemoryLoopError):
    """A request by session without its CSRF token may come from another site."""

    status = 403
    code = "csrf"
    message = _("The CSRF token is missing or wrong. Send the csrftoken cookie's value as the X-CSRFToken header.")


class ScopeMissing(MemoryLoopError):
    status = 403
    code = "scope-missing"
    message = _("This token does not have the required scope. Create one that has it.")


class ReauthenticationNeeded(MemoryLoopError):
    """A browser that was left open must not be enough to create a token."""

    status = 403
    code = "reauthentication-needed"
    message = _("Sign in again with your password before you create a token.")


class WrongCredentials(MemoryLoopError):
    """The same for an unknown address and for a wrong password, so that it reveals no address."""

    status = 401
    code = "wrong-credentials"
    message = _("The email address or the password is not correct.")


class SecondFactorNeeded(MemoryLoopError):
    status = 401
    code = "second-factor-needed"
    message = _("Send the code of your authenticator app, or a recovery code, as `code`.")


class WrongCode(MemoryLoopError):
    status = 401
    code = "wrong-code"
    message = _("The code is not correct, or it is no longer valid.")


class AccountSuspended(MemoryLoopError):
    status = 403
    code = "suspended"
    message = _("This account is suspended. Ask the operator of this server for the reason.")


class SignUpClosed(MemoryLoopError):
    status = 403
    code = "sign-up-closed"
    message = _("Sign-up is closed on this server. Its operator can create an account for you.")


class EmailTaken(MemoryLoopError):
    status = 409
    code = "email-taken"
    message = _("There is already an account with this email address.")


class UnknownClientAddress(MemoryLoopError):
    """The sign-in limits are per client address, which comes from X-Forwarded-For if TRUSTED_PROXIES is set."""

    status = 400
    code = "unknown-client-address"
    message = _(
        "The server can't tell your network address. Its operator should compare TRUSTED_PROXIES with the number of "
        "proxies that set X-Forwarded-For."
    )


class SecondFactorUnreadable(Unavailable):
    code = "second-factor-unreadable"
    message = _(
        "Your second factor can't be read, because this server has lost its encryption key. "
        "The operator can restore the key, or remove your second factor."
    )


class MailUnavailable(Unavailable):
    code = "mail-unavailable"
    message = _("This server can't send email at the moment. Try again later, or ask its operator for a new password.")
