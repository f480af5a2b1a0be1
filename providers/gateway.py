"""The one door to the models: what to say to them, who answers, and what can be chosen."""

from accounts.models import User
from providers.dialogue import Extract, ModelInfo, Prompt, Provider, Turn
from providers.errors import UnknownProvider
from providers.models import ProviderName
from providers.ollama import Ollama
from providers.tutor import MODEL as TUTOR_MODEL
from providers.tutor import Tutor

__all__ = ["Extract", "ModelInfo", "Prompt", "Provider", "Turn", "default_choice", "offered_models", "provider_for"]


def provider_for(*, owner: User, name: str) -> Provider:
    """The provider as this person may use it; `KeyMissing` without a key, `UnknownProvider` for any other name."""
    if name == ProviderName.BUILTIN:
        return Tutor()
    if name == ProviderName.OLLAMA:
        return Ollama()
    raise UnknownProvider


def offered_models(*, owner: User) -> list[ModelInfo]:
    """Every model this person can choose, and what keeps a provider from offering any."""
    return Tutor().models()


def default_choice(*, owner: User) -> tuple[str, str]:
    """(provider, model) for a new conversation."""
    return ProviderName.BUILTIN.value, TUTOR_MODEL
