"""The one door to the models: what to say to them, who answers, and what can be chosen."""

from accounts.models import User
from providers.builtin.tutor import Tutor
from providers.errors import UnknownProvider
from providers.keyed import provider_with
from providers.model_list import default_choice, known_models, offered_models
from providers.models import ProviderName
from providers.ollama.client import Ollama
from providers.queries import plain_key
from providers.types import Extract, ModelInfo, Prompt, Provider, Turn

__all__ = [
    "Extract",
    "ModelInfo",
    "Prompt",
    "Provider",
    "Turn",
    "default_choice",
    "known_models",
    "offered_models",
    "provider_for",
]


def provider_for(*, owner: User, name: str) -> Provider:
    """The provider as this person may use it.

    Raises `KeyMissing` or `KeyUnreadable` where it takes a key, `UnknownProvider` for any other name.
    """
    match name:
        case ProviderName.CLAUDE:
            return provider_with(key=plain_key(owner=owner, provider=name), provider=name)
        case ProviderName.OLLAMA:
            return Ollama()
        case ProviderName.BUILTIN:
            return Tutor()
    raise UnknownProvider
