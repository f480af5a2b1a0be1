"""What a worker does for the providers."""

from threading import Thread
from typing import Any

from celery.signals import worker_ready
from django.db import DatabaseError, connection

from providers.keyed import KEYED, provider_with
from providers.models import ProviderKey


@worker_ready.connect
def load_in_the_background(**_: Any) -> None:
    """The first reply should not wait for the import of an SDK; a server without keys goes without it."""
    Thread(target=_load, daemon=True).start()


def _load() -> None:
    try:
        in_use = ProviderKey.objects.values_list("provider", flat=True).distinct()
        for provider in set(in_use) & set(KEYED):
            provider_with(key="", provider=provider)
    except DatabaseError:
        return  # Then the first reply loads it.
    finally:
        connection.close()
