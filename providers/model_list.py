"""Which models a person can choose, remembered for a short time: no page waits for a server that hangs."""

from collections.abc import Callable
from math import inf

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from providers.answer_cache import Shelf
from providers.builtin.tutor import MODEL as TUTOR_MODEL
from providers.builtin.tutor import Tutor
from providers.errors import KeyMissing, ProviderError
from providers.key_encryption import decrypt_key
from providers.keyed import provider_with
from providers.models import ProviderKey, ProviderName
from providers.ollama.client import Ollama
from providers.ollama.errors import nothing_pulled
from providers.queries import stored_key
from providers.types import ModelInfo

FRESH = 60.0  # seconds
FRESH_FAILURE = 5.0  # a server that was just started shows up soon
LONGEST_WAIT = 2.0
# What a new conversation waits for a first answer, or for one that replaces a very old one.
CHOICE_WAIT = 0.5
CHOICE_STALE = 300.0


def _fresh_for(offers: list[ModelInfo]) -> float:
    return FRESH if any(offer.available for offer in offers) else FRESH_FAILURE


shelf: Shelf[list[ModelInfo]] = Shelf(_fresh_for)


def offered_models(*, owner: User) -> list[ModelInfo]:
    """Every model this person can choose, and what keeps a provider from offering any; two seconds at most each."""
    return _offers(owner, stale_for=0, wait=LONGEST_WAIT)


def known_models(*, owner: User) -> list[ModelInfo]:
    """`offered_models` as far as it is known, without waiting; what is missing is being asked for meanwhile."""
    return _offers(owner, stale_for=inf, wait=0)


def default_choice(*, owner: User) -> tuple[str, str]:
    """(provider, model) for a new conversation: Claude with a key that was not refused, else Ollama, else the tutor.

    From memory, so one query; at most half a second when nothing is known. An empty model is the provider's first: the
    provider then asks which that is, each time.
    """
    key = stored_key(owner=owner, provider=ProviderName.CLAUDE)
    if key is not None and key.valid is not False:
        return _first(_claude(key, inf, CHOICE_WAIT)) or (ProviderName.CLAUDE.value, "")
    return _first(_ollama(CHOICE_STALE, CHOICE_WAIT)) or (ProviderName.BUILTIN.value, TUTOR_MODEL)


def _offers(owner: User, *, stale_for: float, wait: float) -> list[ModelInfo]:
    key = stored_key(owner=owner, provider=ProviderName.CLAUDE)
    claude = [_absent(ProviderName.CLAUDE, KeyMissing())] if key is None else _claude(key, stale_for, wait)
    return [*claude, *_ollama(stale_for, wait), *Tutor().models()]


def _claude(key: ProviderKey, stale_for: float, wait: float) -> list[ModelInfo]:
    def ask() -> list[ModelInfo]:
        plain = decrypt_key(key.ciphertext, owner_id=key.owner_id, provider=key.provider)
        return provider_with(key=plain, provider=key.provider).models()

    # A key that is replaced or checked again is another question, in every process at once.
    question = (key.pk, key.updated_at, settings.ANTHROPIC_BASE_URL)
    return _look(ProviderName.CLAUDE, question, ask, stale_for, wait)


def _ollama(stale_for: float, wait: float) -> list[ModelInfo]:
    question = (settings.OLLAMA_BASE_URL, settings.OLLAMA_CHAT_MODEL)
    return _look(ProviderName.OLLAMA, question, _ask_ollama, stale_for, wait)


def _ask_ollama() -> list[ModelInfo]:
    offers = Ollama().models()
    if not offers:
        raise nothing_pulled()
    return offers


def _look(
    provider: ProviderName, question: object, ask: Callable[[], list[ModelInfo]], stale_for: float, wait: float
) -> list[ModelInfo]:
    def ask_in_words() -> list[ModelInfo]:
        try:
            return ask()
        except ProviderError as error:
            return [_absent(provider, error)]

    found = shelf.look((provider, question), ask_in_words, stale_for=stale_for, wait=wait)
    return [_unknown(provider, waited=wait > 0)] if found is None else found


def _first(offers: list[ModelInfo]) -> tuple[str, str] | None:
    return next(((offer.provider, offer.model) for offer in offers if offer.available), None)


def _absent(provider: ProviderName, error: ProviderError) -> ModelInfo:
    return ModelInfo(provider.value, "", str(provider.label), available=False, detail=error.detail)


def _unknown(provider: ProviderName, *, waited: bool) -> ModelInfo:
    detail = _("It has not answered yet. Load this again in a moment.") if waited else _("Asking for its models…")
    return ModelInfo(provider.value, "", str(provider.label), available=False, detail=detail)
