"""The errors of remembered passages."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError, TooLarge


class EmptyPassage(MemoryLoopError):
    code = "empty-passage"
    message = _("There is no text to remember.")


class PassageTooLong(TooLarge):
    code = "passage-too-long"
    message = _("A remembered passage can have up to 2,000 characters. Select less text.")


class NotInMessage(MemoryLoopError):
    code = "not-in-message"
    message = _("This text is not part of the message. Reload the page and select it again.")
