"""The models that a user can choose, cached briefly, so that no page waits for a server that hangs."""

from collections.abc import Callable, Sequence
from math import inf

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from providers.builtin.tutor import MODEL as TUTOR_MODEL
from providers.builtin.tutor import Tutor
from providers.errors import KeyMissing, ProviderError
from providers.keys.keyed_providers import connect
from providers.model_list.answer_cache import AnswerCache
from providers.models import ProviderKey, ProviderName
from providers.ollama.client import Ollama
from providers.ollama.errors import no_chat_model
from providers.ollama.names import is_same_model
from providers.types import ModelInfo

FRESH_FOR = 60.0  # seconds
FAILURE_FRESH_FOR = 5.0  # seconds; a server that was just started should appear soon
MAX_WAIT = 2.0  # seconds
# How long a new conversation waits for a list, and the age up to which it takes an old list without waiting.
CHOICE_WAIT = 0.5
CHOICE_STALE_FOR = 300.0


def _fresh_for(models: list[ModelInfo]) -> float:
    return FRESH_FOR if any(model.available for model in models) else FAILURE_FRESH_FOR


_cache: AnswerCache[list[ModelInfo]] = AnswerCache(_fresh_for)


def list_models(*, owner: User) -> list[ModelInfo]:
    """Every model that this user can choose; waits at most two seconds for each provider.

    A provider without models is one unavailable entry, whose `detail` says why.
    """
    return _list(owner, stale_for=0, wait=MAX_WAIT)


def cached_models(*, owner: User) -> list[ModelInfo]:
    """`list_models` without waiting: what is cached, while the rest is requested in the background."""
    return _list(owner, stale_for=inf, wait=0)


def find_model(models: Sequence[ModelInfo], *, provider: str, model: str) -> ModelInfo | None:
    """The list's entry for a stored choice, or None. An empty `model` means the provider's first."""
    for entry in models:
        if entry.provider == provider and (not model or _is_same(provider, entry.model, model)):
            return entry
    return None


def default_choice(*, owner: User) -> tuple[str, str]:
    """(provider, model) for a new conversation: Claude if its key was not refused, else Ollama, else the tutor.

    Takes one query, and at most half a second when nothing is cached. An empty model means the provider's first one,
    which the provider looks up for each reply.
    """
    key = owner.provider_keys.find(ProviderName.CLAUDE)
    if key is not None and key.valid is not False:
        return _first(_claude(key, inf, CHOICE_WAIT)) or (ProviderName.CLAUDE.value, "")
    return _first(_ollama(CHOICE_STALE_FOR, CHOICE_WAIT)) or (ProviderName.BUILTIN.value, TUTOR_MODEL)


def _list(owner: User, *, stale_for: float, wait: float) -> list[ModelInfo]:
    key = owner.provider_keys.find(ProviderName.CLAUDE)
    claude = [_unavailable(ProviderName.CLAUDE, KeyMissing())] if key is None else _claude(key, stale_for, wait)
    return [*claude, *_ollama(stale_for, wait), *Tutor().models()]


def _claude(key: ProviderKey, stale_for: float, wait: float) -> list[ModelInfo]:
    # `updated_at` changes when the key is replaced or checked, so no process keeps using the list of the old key.
    question = (key.pk, key.updated_at, settings.ANTHROPIC_BASE_URL)
    return _cached(ProviderName.CLAUDE, question, lambda: connect(key).models(), stale_for, wait)


def _ollama(stale_for: float, wait: float) -> list[ModelInfo]:
    question = (settings.OLLAMA_BASE_URL, settings.OLLAMA_CHAT_MODEL)
    return _cached(ProviderName.OLLAMA, question, _request_ollama, stale_for, wait)


def _request_ollama() -> list[ModelInfo]:
    models = Ollama().models()
    if not models:
        raise no_chat_model()
    return models


def _cached(
    provider: ProviderName, question: object, request: Callable[[], list[ModelInfo]], stale_for: float, wait: float
) -> list[ModelInfo]:
    def models_or_error() -> list[ModelInfo]:
        try:
            return request()
        except ProviderError as error:
            return [_unavailable(provider, error)]

    models = _cache.get((provider, question), models_or_error, stale_for=stale_for, wait=wait)
    return [_no_answer_yet(provider, waited=wait > 0)] if models is None else models


def _is_same(provider: str, one: str, other: str) -> bool:
    return is_same_model(one, other) if provider == ProviderName.OLLAMA else one == other


def _first(models: Sequence[ModelInfo]) -> tuple[str, str] | None:
    return next(((model.provider, model.model) for model in models if model.available), None)


def _unavailable(provider: ProviderName, error: ProviderError) -> ModelInfo:
    return ModelInfo(provider.value, "", str(provider.label), available=False, detail=error.detail)


def _no_answer_yet(provider: ProviderName, *, waited: bool) -> ModelInfo:
    detail = _("It has not answered yet. Reload the page in a moment.") if waited else _("Asking for its models…")
    return ModelInfo(provider.value, "", str(provider.label), available=False, detail=detail)
