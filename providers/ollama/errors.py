"""Ollama's failures in our words: by status, or by the text of an error line in a stream."""

import re

from django.utils.translation import gettext as _

from providers.errors import ModelMissing, ProviderBusy, ProviderDown, ProviderError, RequestRejected

LONGEST_QUOTE = 200


def error_for(status: int, text: str, model: str) -> ProviderError:
    """`text` is the server's own word, empty when it said nothing that could be read."""
    if status == 404 and text:
        return not_pulled(model)
    if status == 503:
        return ProviderBusy(_("Ollama is busy with other requests. Wait a minute and try again."))
    if 300 <= status < 400 or status == 404:
        return not_ollama()
    if status in (400, 413, 422):
        return RequestRejected(_told(_("Ollama did not accept the request."), text))
    return ProviderError(_told(_("Ollama failed. Try again, or choose a smaller model."), text))


def error_in_stream(text: str, model: str) -> ProviderError:
    if "not found" in text and model in text:
        return not_pulled(model)
    return ProviderError(_told(_("Ollama failed in mid-answer. Try again, or choose a smaller model."), text))


def not_answering() -> ProviderDown:
    return ProviderDown(_("Ollama does not answer. Start it with “ollama serve”, then try again."))


def not_ollama() -> ProviderDown:
    return ProviderDown(_("What answers is not Ollama. Whoever runs this server should check OLLAMA_BASE_URL."))


def not_pulled(model: str) -> ModelMissing:
    return ModelMissing(
        _("Ollama does not have the model %(model)s. Run “ollama pull %(model)s”, then try again.") % {"model": model}
    )


def nothing_pulled() -> ModelMissing:
    return ModelMissing(_("Ollama has no chat model yet. Run “ollama pull llama3.2”, then try again."))


def _told(message: str, text: str) -> str:
    """Our sentence and what the server said, in one line: "requires more system memory" is worth knowing."""
    said = re.sub(r"[\s\x00-\x1f]+", " ", text).strip()[:LONGEST_QUOTE]
    return _("%(message)s It said: %(said)s") % {"message": message, "said": said} if said else message
