"""Why somebody may not come in."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, Unavailable


class NotSignedIn(MemoryLoopError):
    status = 401
    code = "not-signed-in"
    message = _("Sign in, or send an API token as a Bearer token.")


class ForgedRequest(MemoryLoopError):
    """A session's change without its CSRF token: another site may have sent it."""

    status = 403
    code = "csrf"
    message = _("The CSRF token is missing or wrong. Send the csrftoken cookie's value as the X-CSRFToken header.")


class ScopeMissing(MemoryLoopError):
    status = 403
    code = "scope-missing"
    message = _("This token may not do that. Make one with the scope that is needed.")


class WrongCredentials(MemoryLoopError):
    """Says the same of an unknown address and of a wrong password."""

    status = 401
    code = "wrong-credentials"
    message = _("The email address or the password is not right.")


class SecondFactorNeeded(MemoryLoopError):
    status = 401
    code = "second-factor-needed"
    message = _("Send the code of your authenticator app, or a recovery code, as `code`.")


class WrongCode(MemoryLoopError):
    status = 401
    code = "wrong-code"
    message = _("That code is not right, or it is no longer valid.")


class Suspended(MemoryLoopError):
    status = 403
    code = "suspended"
    message = _("This account is suspended. The operator of this server can tell you more.")


class SignUpClosed(MemoryLoopError):
    status = 403
    code = "sign-up-closed"
    message = _("Sign-up is closed on this server. Its operator can make an account for you.")


class EmailTaken(MemoryLoopError):
    status = 409
    code = "email-taken"
    message = _("There is already an account with this email address.")


class SecondFactorUnreadable(Unavailable):
    code = "second-factor-unreadable"
    message = _(
        "Your second factor can't be read: this server has lost the key it was encrypted with. "
        "Its operator can bring the key back, or remove your second factor."
    )


class MailUnavailable(Unavailable):
    code = "mail-unavailable"
    message = _("This server can't send mail now. Try again later, or ask its operator for a new password.")
