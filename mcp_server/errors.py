"""The errors of the MCP server."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, TooMany


class BadArguments(MemoryLoopError):
    """The arguments do not fit the input schema. The message says which, and why."""

    code = "bad-arguments"
    message = _("The arguments are not valid.")


class Unexpected(MemoryLoopError):
    """An error of ours, or of what the server runs on."""

    status = 500
    code = "unexpected"
    message = _("Something went wrong on the server. Its operator finds the error in the log.")


class TooManyCalls(TooMany):
    code = "too-many-calls"
    message = _("This token has sent too many requests in the last minute. Wait a moment and try again.")


class OnlyPost(MemoryLoopError):
    status = 405
    code = "method-not-allowed"
    message = _("Send requests with POST. This server keeps no sessions and sends no streams.")


class WrongHost(MemoryLoopError):
    status = 421
    code = "wrong-host"
    message = _("This server does not have that name. Its operator can add the name to ALLOWED_HOSTS.")


class WrongOrigin(MemoryLoopError):
    """A page of another site sends the request."""

    status = 403
    code = "wrong-origin"
    message = _("Web pages of other sites can't use this server.")


class HttpsOnly(MemoryLoopError):
    status = 403
    code = "https-only"
    message = _("Use https. A token that was sent without it may have been read on its way: replace it.")
