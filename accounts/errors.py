"""Why somebody may not come in."""

from django.utils.translation import gettext_lazy as _

from memoryloop.errors import MemoryLoopError


class NotSignedIn(MemoryLoopError):
    status = 401
    code = "not-signed-in"
    sentence = _("Sign in, or send an API token as a Bearer token.")


class ForgedRequest(MemoryLoopError):
    """A session's change without its CSRF token: another site may have sent it."""

    status = 403
    code = "csrf"
    sentence = _("The CSRF token is missing or wrong. Send the csrftoken cookie's value as the X-CSRFToken header.")


class ScopeMissing(MemoryLoopError):
    status = 403
    code = "scope-missing"
    sentence = _("This token may not do that. Make one with the scope that is needed.")
