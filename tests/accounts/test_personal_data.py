"""Every table with personal data is registered, for the export and for account deletion."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from accounts.models import ApiToken, User
from accounts.personal_data import PersonalData, registered

# Deleted by cascade; the export lists tokens itself, since it must leave out their digests.
NOT_REGISTERED = {ApiToken}
SECRETS = {"digest", "ciphertext", "password", "key", "token"}


def test_every_model_with_an_owner_is_registered() -> None:
    owned = {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name == "owner" and isinstance(field, ForeignKey) and field.related_model is User
    }
    assert owned - {table.model for table in registered()} == NOT_REGISTERED


@pytest.mark.parametrize("table", registered(), ids=lambda table: table.name)
def test_no_secret_is_exported(table: PersonalData) -> None:
    assert not SECRETS & set(table.fields)
