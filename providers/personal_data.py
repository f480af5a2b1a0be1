"""What a person takes along of their keys: that there was one, never the key."""

from accounts.personal_data import PersonalData, register
from providers.models import ProviderKey

PROVIDER_KEYS = PersonalData("provider_keys", ProviderKey, ("provider", "last4", "valid", "validated_at", "created_at"))

register(PROVIDER_KEYS)
