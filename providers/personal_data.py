"""The personal data export lists which keys there are, never a key itself."""

from accounts.personal_data import PersonalData, register
from providers.models import ProviderKey

PROVIDER_KEYS = PersonalData("provider_keys", ProviderKey, ("provider", "last4", "valid", "validated_at", "created_at"))

register(PROVIDER_KEYS)
