"""The errors of chat, with their messages for the user."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError, TooLarge, TooMany
from chat.models import MAX_MESSAGE_LENGTH
from providers.errors import ProviderError


class EmptyMessage(MemoryLoopError):
    code = "empty-message"
    message = _("Write something first.")


class MessageTooLong(TooLarge):
    code = "message-too-long"
    message = format_lazy(_("A message can have up to {limit} characters. Send it in parts."), limit=MAX_MESSAGE_LENGTH)


class ReplyInProgress(Conflict):
    code = "reply-under-way"
    message = _("An answer is still being written. Wait for it, or stop it.")


class NotTheLastReply(Conflict):
    code = "not-the-last-reply"
    message = _("Only the last answer of a chat can be regenerated or continued.")


class NothingToContinue(Conflict):
    code = "nothing-to-continue"
    message = _("This answer is complete; there is nothing to continue.")


class TooManyReplies(TooMany):
    code = "too-many-replies"
    message = _("Too many of your answers are being written at the same time. Wait until one is finished.")


class TooManyConversations(TooMany):
    code = "too-many-conversations"
    message = _("You have created many conversations in the last minute. Wait a moment and try again.")


class AnswerTooLong(TooLarge):
    """A reply has reached MAX_REPLY_LENGTH. The text up to there is kept."""

    code = "answer-too-long"
    message = _("This answer reached the longest length that this server allows. Ask for the rest in a new message.")


class EmptyAnswer(ProviderError):
    code = "empty-answer"
    message = _("The model gave an empty answer. Try again, or choose another model.")
