"""Ollama's failures as provider errors: by HTTP status, or by the text of an error line in a stream."""

import re

from django.utils.translation import gettext as _

from providers.errors import ModelMissing, ProviderBusy, ProviderDown, ProviderError, RequestRejected

MAX_QUOTE_LENGTH = 200  # characters of Ollama's own message


def error_for(status: int, text: str, model: str) -> ProviderError:
    """`text` is Ollama's own error message; empty if the response had none."""
    if status == 404 and text:
        return model_not_pulled(model)
    if status == 503:
        return ProviderBusy(_("Ollama is busy with other requests. Wait a minute and try again."))
    if 300 <= status < 400 or status == 404:
        return not_ollama()
    if status in (400, 413, 422):
        return RequestRejected(_with_quote(_("Ollama did not accept the request."), text))
    return ProviderError(_with_quote(_("Ollama failed. Try again, or choose a smaller model."), text))


def error_in_stream(text: str, model: str) -> ProviderError:
    if "not found" in text and model in text:
        return model_not_pulled(model)
    return ProviderError(_with_quote(_("Ollama failed mid-answer. Try again, or choose a smaller model."), text))


def not_answering() -> ProviderDown:
    return ProviderDown(_("Ollama is not answering. Start it with “ollama serve”, then try again."))


def not_ollama() -> ProviderDown:
    return ProviderDown(_("The server at OLLAMA_BASE_URL is not Ollama. Ask the operator to check that address."))


def model_not_pulled(model: str) -> ModelMissing:
    return ModelMissing(
        _("Ollama does not have the model %(model)s. Run “ollama pull %(model)s”, then try again.") % {"model": model}
    )


def no_chat_model() -> ModelMissing:
    return ModelMissing(_("Ollama has no chat model yet. Run “ollama pull llama3.2”, then try again."))


def _with_quote(message: str, text: str) -> str:
    """Our message and Ollama's own in one line, because "requires more system memory" tells the user what to do."""
    quote = re.sub(r"[\s\x00-\x1f]+", " ", text).strip()[:MAX_QUOTE_LENGTH]
    return _("%(message)s It said: %(said)s") % {"message": message, "said": quote} if quote else message
