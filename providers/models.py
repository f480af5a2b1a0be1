"""Users' keys for model providers, encrypted at rest."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import OwnedQuerySet, new_id
from providers.errors import KeyMissing


class ProviderName(models.TextChoices):
    CLAUDE = "claude", "Claude"
    OLLAMA = "ollama", "Ollama"
    BUILTIN = "builtin", _("Built-in tutor")


class ProviderKeyQuerySet(OwnedQuerySet["ProviderKey"]):
    """A user has at most one key for each provider, so keys are looked up by provider: `user.provider_keys.find(…)`."""

    def find(self, provider: str) -> "ProviderKey | None":
        return self.filter(provider=provider).first()

    def get_or_missing(self, provider: str) -> "ProviderKey":
        """Raises KeyMissing."""
        key = self.find(provider)
        if key is None:
            raise KeyMissing
        return key


class ProviderKey(models.Model):
    """One user's key for one provider. The plain key is never stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provider_keys")
    provider = models.CharField(max_length=20, choices=ProviderName.choices)
    # A MultiFernet token of {owner, provider, key}, so that a ciphertext copied to another row is refused there.
    ciphertext = models.TextField(editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    valid = models.BooleanField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProviderKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "provider"], name="one_key_per_provider")]

    def __str__(self) -> str:
        return f"{self.provider} …{self.last4}"
