"""The model providers: the embedding model, Ollama's chat models, the Claude API, and the stored keys."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import timezone

from accounts.sign_in.second_factor import unreadable_second_factors
from chat.models import Conversation
from operations.checks.findings import Finding, failure, ok, warning
from providers.gateway import chat_provider_status, claude_status, unreadable_keys
from providers.models import ProviderKey, ProviderName
from search.queries import embedder_status

NO_DATABASE = (DatabaseError, ImproperlyConfigured)
MAX_PROVIDER_IDLE = timedelta(days=30)  # a provider without a conversation for longer is not in use


def embeddings() -> Sequence[Finding]:
    embedder = embedder_status()
    figures = {"backend": embedder.backend, "model": embedder.model}
    if embedder.error:
        advice = f"Start Ollama and run: ollama pull {embedder.model}. Until then, texts are found by their words only."
        return [warning(embedder.error, advice, **figures)]
    message = f"Texts are embedded by {embedder.model} ({embedder.backend})."
    return [ok(message, dimensions=embedder.dimensions, **figures)]


def chat_models() -> Sequence[Finding]:
    """Ollama counts only on a server that needs it. The built-in tutor always answers."""
    status = chat_provider_status(in_use=_ollama_is_in_use())
    if status.available:
        return [ok("Ollama answers and has a chat model.", **asdict(status))]
    if status.needed:
        return [warning("Ollama, which chats use, is not available.", status.detail, **asdict(status))]
    return [ok(f"Ollama is not used for chats. ({status.detail})", **asdict(status))]


def claude() -> Sequence[Finding]:
    status = claude_status(in_use=_claude_is_in_use())
    if status.available:
        return [ok("The Claude API answers.", **asdict(status))]
    if status.needed:
        return [warning(status.detail, "Check the network of this host, its proxy, and ANTHROPIC_BASE_URL.")]
    return [ok(f"No user has a Claude API key. ({status.detail})", **asdict(status))]


def stored_secrets() -> Sequence[Finding]:
    """Whether FIELD_ENCRYPTION_KEYS decrypts what it has encrypted: after a restore it may be another one."""
    keys, second_factors = unreadable_keys(), unreadable_second_factors()
    if keys or second_factors:
        return [
            failure(
                f"FIELD_ENCRYPTION_KEYS does not decrypt {keys} API keys and {second_factors} second factors.",
                "Add the key that encrypted them, from a backup of DATA_DIR/secrets or of the environment.",
                api_keys=keys,
                second_factors=second_factors,
            )
        ]
    return [ok("FIELD_ENCRYPTION_KEYS decrypts all stored API keys and second factors.")]


def _ollama_is_in_use() -> bool:
    try:
        recent = Conversation.objects.alive().filter(updated_at__gte=timezone.now() - MAX_PROVIDER_IDLE)
        return recent.filter(provider=ProviderName.OLLAMA).exists()
    except NO_DATABASE:  # reported by the check of PostgreSQL
        return False


def _claude_is_in_use() -> bool:
    try:
        return ProviderKey.objects.filter(provider=ProviderName.CLAUDE).exists()
    except NO_DATABASE:
        return False
