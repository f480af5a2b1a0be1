"""What can go wrong in a conversation, in words for the person."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.models import LONGEST_MESSAGE
from memoryloop.errors import Conflict, MemoryLoopError, TooLarge, TooMany
from providers.errors import ProviderError


class EmptyMessage(MemoryLoopError):
    code = "empty-message"
    sentence = _("Write something first.")


class MessageTooLong(TooLarge):
    code = "message-too-long"
    sentence = format_lazy(_("A message can have up to {most} characters. Send it in parts."), most=LONGEST_MESSAGE)


class ReplyUnderWay(Conflict):
    code = "reply-under-way"
    sentence = _("An answer is still being written. Wait for it, or stop it.")


class NotTheLastReply(Conflict):
    code = "not-the-last-reply"
    sentence = _("Only the last answer of a conversation can be written again.")


class NothingToContinue(Conflict):
    code = "nothing-to-continue"
    sentence = _("This answer is complete; there is nothing to go on with.")


class TooManyReplies(TooMany):
    code = "too-many-replies"
    sentence = _("You have many answers being written at once. Wait until one is done.")


class EmptyAnswer(ProviderError):
    code = "empty-answer"
    sentence = _("The model gave an empty answer. Try again, or choose another model.")
