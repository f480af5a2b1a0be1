"""What can go wrong, in words; raised by verbs, turned into a page or problem+json in one place."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class MemoryLoopError(Exception):
    """A refusal with a sentence for the person: what happened and what to do.

    `status` is the HTTP status that the page and the API answer with; `code` names the error to programs.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid"
    sentence: ClassVar[Sentence] = _("That did not work.")

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or self.sentence)

    @property
    def detail(self) -> str:
        return str(self.args[0])


class Invalid(MemoryLoopError):
    """Some fields are not valid: sentences by the field's name, as the form and the API show them."""

    sentence = _("Some fields are not valid.")

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.errors = {field: list(sentences) for field, sentences in errors.items()}


class Conflict(MemoryLoopError):
    """The record moved on since the person looked at it, or is busy."""

    status = 409
    code = "conflict"
    sentence = _("This changed in the meantime. Load it again and repeat.")


class TooLarge(MemoryLoopError):
    status = 413
    code = "too-large"
    sentence = _("That is too large.")


class TooMany(MemoryLoopError):
    """A quota or rate limit; `retry_after` is in seconds."""

    status = 429
    code = "too-many"
    sentence = _("Too many requests. Wait a moment and try again.")

    def __init__(self, sentence: Sentence | None = None, *, retry_after: int = 30) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(MemoryLoopError):
    """A part outside this process does not answer."""

    status = 503
    code = "unavailable"
    sentence = _("A part of the server is not answering. Try again in a moment.")
