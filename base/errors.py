"""The base classes of domain errors. Services raise them; error handlers turn them into pages and problem+json."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

if TYPE_CHECKING:
    from pydantic import BaseModel


class MemoryLoopError(Exception):
    """An error with a message for the user that says what happened and what to do.

    `status` is the HTTP status of the page and of the API's response. Programs tell errors apart by `code`.
    `retry_after` is the number of seconds after which the same request may succeed, None if it never will.
    An error that shows rows declares their shape as `extension`; `extended` is what the API adds to its response.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid"
    message: ClassVar[StrOrPromise] = _("That did not work.")
    extension: "ClassVar[type[BaseModel] | None]" = None
    retry_after: int | None = None
    extended: "BaseModel | None" = None

    def __init__(self, message: StrOrPromise | None = None) -> None:
        super().__init__(message or self.message)

    @property
    def detail(self) -> str:
        return str(self.args[0])


class Invalid(MemoryLoopError):
    """Some fields are not valid. `errors` has the messages of each field, by its name."""

    message = _("Some fields are not valid.")

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.errors = {field: list(messages) for field, messages in errors.items()}


class NotFound(MemoryLoopError):
    """The row does not exist, or it belongs to another user. Both look the same from outside."""

    status = 404
    code = "not-found"
    message = _("It does not exist, or it is not yours.")


class Conflict(MemoryLoopError):
    """The row changed after the user last saw it, or other work on it is still running."""

    status = 409
    code = "conflict"
    message = _("This has changed in the meantime. Reload it and try again.")


class TooLarge(MemoryLoopError):
    status = 413
    code = "too-large"
    message = _("That is too large.")


class TooMany(MemoryLoopError):
    """A quota or rate limit is exceeded."""

    status = 429
    code = "too-many"
    message = _("Too many requests. Wait a moment and try again.")

    def __init__(self, message: StrOrPromise | None = None, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(MemoryLoopError):
    """A service outside this process does not answer."""

    status = 503
    code = "unavailable"
    message = _("A part of the server is not answering. Try again in a moment.")
    retry_after = 2  # a restarted PostgreSQL or Valkey answers after about that time
