"""Imports the providers' SDKs when a worker starts."""

from threading import Thread
from typing import Any

from celery.signals import worker_ready
from django.db import DatabaseError, connection

from base.postgresql.acting import acting_for_all_users
from providers.keys.keyed_providers import PROVIDERS_WITH_KEYS, keyed_provider
from providers.models import ProviderKey

THREAD_NAME = "import-sdks"


@worker_ready.connect
def import_sdks_in_background(**_: Any) -> None:
    """Import the SDKs of the providers that some user has a key for, so that the first reply does not wait for them."""
    Thread(target=_import_sdks, name=THREAD_NAME, daemon=True).start()


@acting_for_all_users("a worker asks which providers any user has a key for")
def _import_sdks() -> None:
    try:
        in_use = ProviderKey.objects.values_list("provider", flat=True).distinct()
        for provider in set(in_use) & set(PROVIDERS_WITH_KEYS):
            keyed_provider(key="", provider=provider)
    except DatabaseError:
        return  # then the first reply imports them
    finally:
        connection.close()
