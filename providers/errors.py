"""What can go wrong between the server and a model; each error's message says what to do."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from base.errors import MemoryLoopError


class ProviderError(MemoryLoopError):
    """`retryable`: the same request may succeed in a moment without any change by the user."""

    status = 502
    code = "provider-error"
    message = _("The model provider answered with an error. Try again, or choose another model.")
    retryable: ClassVar[bool] = True


class KeyMissing(ProviderError):
    status = 422
    code = "key-missing"
    message = _("There is no Claude API key yet. Add one under Settings, API keys, or choose another model.")
    retryable = False


class KeyRefused(ProviderError):
    status = 422
    code = "key-refused"
    message = _("The provider refused the API key. Check it under Settings, API keys, and replace it there.")
    retryable = False


class KeyUnreadable(ProviderError):
    """None of the server's encryption keys decrypts the stored key."""

    status = 422
    code = "key-unreadable"
    message = _("The stored API key can no longer be decrypted. Enter it again under Settings, API keys.")
    retryable = False


class KeyMalformed(ProviderError):
    status = 422
    code = "key-malformed"
    message = _(
        "That does not look like an API key: one line of 10 to 300 letters, digits and symbols, without spaces."
    )
    retryable = False


class KeyNotNeeded(ProviderError):
    status = 422
    code = "key-not-needed"
    message = _("This provider does not need an API key.")
    retryable = False


class SpendLimit(ProviderError):
    status = 422
    code = "spend-limit"
    message = _("Your provider account has reached its spending limit. Raise the limit, or choose another model.")
    retryable = False


class ModelMissing(ProviderError):
    status = 422
    code = "model-missing"
    message = _("This model is not available. Choose another one.")
    retryable = False


class UnknownProvider(ProviderError):
    status = 422
    code = "unknown-provider"
    message = _("There is no such provider. Choose one from the list of models.")
    retryable = False


class ProviderDown(ProviderError):
    status = 503
    code = "provider-down"
    message = _("The model provider can't be reached. Check that it is running, then try again.")
    retry_after = 5


class ProviderSlow(ProviderError):
    status = 504
    code = "provider-slow"
    message = _("The model provider took too long to answer. Try again, or choose a smaller model.")


class ProviderBusy(ProviderError):
    """`retry_after` is in seconds; None means that the provider did not say."""

    status = 503
    code = "provider-busy"
    message = _("The model provider is overloaded right now. Wait a minute and try again.")

    def __init__(self, message: StrOrPromise | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = 60 if retry_after is None else retry_after


class ProviderRefused(ProviderError):
    """The model declined to answer."""

    status = 422
    code = "refused"
    message = _("The model declined to answer this. Rephrase the message, or choose another model.")
    retryable = False


class RequestRejected(ProviderError):
    status = 422
    code = "request-rejected"
    message = _("The provider did not accept the request. Choose another model, or start a new chat.")
    retryable = False


class TooLong(ProviderError):
    status = 413
    code = "too-long"
    message = _("This chat is longer than the model can read. Start a new one, or choose another model.")
    retryable = False


class AnswerCutShort(ProviderError):
    """The answer reached the model's length limit; the text before that is usable."""

    status = 422
    code = "cut-short"
    message = _("The answer reached the model's length limit. Ask it to continue.")
    retryable = False


class StreamBroken(ProviderError):
    """The stream ended before the answer was complete."""

    code = "stream-broken"
    message = _("The connection to the model was lost mid-answer. Try again.")


class AnswerUnreadable(ProviderError):
    """The answer does not match the schema that was asked for."""

    code = "answer-unreadable"
    message = _("The model's answer could not be read. Try again, or choose a larger model.")


class NeedsModel(ProviderError):
    """The built-in tutor was asked for something that only a language model can do."""

    status = 422
    code = "needs-model"
    message = _("The built-in tutor can't do this. Connect Claude or Ollama under Settings.")
    retryable = False
