"""Providers that work with a person's own key, loaded when the first key is used."""

from django.views.decorators.debug import sensitive_variables

from providers.errors import KeyNotNeeded
from providers.models import ProviderName
from providers.types import Provider

# The providers that want a key of the person's own.
KEYED = (ProviderName.CLAUDE,)


@sensitive_variables("key")
def provider_with(*, key: str, provider: str) -> Provider:
    """`KeyNotNeeded` for a provider that takes no key."""
    if provider != ProviderName.CLAUDE:
        raise KeyNotNeeded
    # The SDK takes 1.5 s of a core and 43 MB to import: web, worker and beat would each pay it at every start.
    from providers.claude.client import Claude

    return Claude(key)
