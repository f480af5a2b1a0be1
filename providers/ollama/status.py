"""Whether Ollama can answer chats, for the health check."""

from django.conf import settings

from providers.errors import ProviderError
from providers.models import ProviderName
from providers.ollama.client import Ollama
from providers.ollama.errors import model_not_pulled, no_chat_model
from providers.ollama.names import is_same_model
from providers.types import ProviderStatus

TIMEOUT = (0.3, 0.5)  # seconds to connect and for each read: all health checks share one second


def chat_provider_status(*, in_use: bool) -> ProviderStatus:
    """Whether Ollama has a chat model. Raises no ProviderError. `in_use`: whether conversations use Ollama.

    Ollama is needed if conversations use it or OLLAMA_CHAT_MODEL is set. OLLAMA_BASE_URL does not count: it has a
    default, and it may be set for embeddings only. No other provider is asked, because Claude is reached with the
    users' own keys and the built-in tutor needs no server.
    """
    needed = in_use or bool(settings.OLLAMA_CHAT_MODEL)
    try:
        _require_model()
    except ProviderError as error:
        return ProviderStatus(ProviderName.OLLAMA.value, needed, available=False, detail=error.detail)
    return ProviderStatus(ProviderName.OLLAMA.value, needed, available=True)


def _require_model() -> None:
    names = [model.model for model in Ollama(list_timeout=TIMEOUT).models()]
    configured = settings.OLLAMA_CHAT_MODEL
    if not names:
        raise no_chat_model()
    if configured and not any(is_same_model(name, configured) for name in names):
        raise model_not_pulled(configured)
