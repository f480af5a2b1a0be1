"""What a person takes along of their keys: that there was one, never the key."""

from accounts.holdings import Holding
from providers.models import ProviderKey

PROVIDER_KEYS = Holding("provider_keys", ProviderKey, ("provider", "last4", "valid", "validated_at", "created_at"))
