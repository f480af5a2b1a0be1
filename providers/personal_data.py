"""The personal data of providers: which keys the user has stored, never a key itself."""

from accounts.personal_data import PersonalData, register
from providers.models import ProviderKey

PROVIDER_KEYS = PersonalData("provider_keys", ProviderKey, ("provider", "last4", "valid", "validated_at", "created_at"))

register(PROVIDER_KEYS)
