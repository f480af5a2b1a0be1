"""The entry point to the providers: the models that users can choose, the provider of a model, and its status.

Other apps use a provider like this:

    provider = provider_for(owner=user, name=conversation.provider)
    with closing(provider.stream(prompt=prompt, model=conversation.model)) as pieces:
        for piece in pieces:
            ...

The types of arguments and results are in `providers.types`, the errors in `providers.errors`.
"""

from accounts.models import User
from providers.builtin.tutor import Tutor
from providers.claude.status import claude_status
from providers.errors import UnknownProvider
from providers.keys.keyed_providers import connect, unreadable_keys
from providers.model_list.listing import cached_models, default_choice, find_model, list_models
from providers.models import ProviderName
from providers.ollama.client import Ollama
from providers.ollama.status import chat_provider_status
from providers.types import Provider

__all__ = [
    "cached_models",
    "chat_provider_status",
    "claude_status",
    "default_choice",
    "find_model",
    "list_models",
    "provider_for",
    "unreadable_keys",
]


def provider_for(*, owner: User, name: str) -> Provider:
    """The provider as this user may use it.

    Raises KeyMissing or KeyUnreadable if it needs a key, and UnknownProvider for a name that is not in ProviderName.
    """
    match name:
        case ProviderName.CLAUDE:
            return connect(owner.provider_keys.get_or_missing(name))
        case ProviderName.OLLAMA:
            return Ollama()
        case ProviderName.BUILTIN:
            return Tutor()
    raise UnknownProvider
