"""A person's keys for model providers, encrypted at rest."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.models import new_id


class ProviderName(models.TextChoices):
    CLAUDE = "claude", "Claude"
    OLLAMA = "ollama", "Ollama"
    BUILTIN = "builtin", _("Built-in tutor")


class ProviderKey(models.Model):
    """One key of one person for one provider; the plain key is only ever in memory."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provider_keys")
    provider = models.CharField(max_length=20, choices=ProviderName.choices)
    # MultiFernet token of {owner, provider, key}: a ciphertext moved to another row does not decrypt to that row's key.
    ciphertext = models.TextField(editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    valid = models.BooleanField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "provider"], name="one_key_per_provider")]

    def __str__(self) -> str:
        return f"{self.provider} …{self.last4}"
