from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from providers.models import ProviderKey
from providers.services import store_key
from tests.factories import UserFactory
from tests.stand_ins.claude import GOOD_KEY


@pytest.fixture
def operator(db: None, client_of: Callable[[User], Client]) -> Client:
    return client_of(UserFactory(is_staff=True, is_superuser=True))


def test_the_admin_shows_the_owner_but_neither_key_nor_ciphertext(operator: Client, alice: User) -> None:
    row = store_key(owner=alice, provider="claude", key=GOOD_KEY)
    listed = operator.get(reverse("admin:providers_providerkey_changelist"))
    opened = operator.get(reverse("admin:providers_providerkey_change", args=[row.pk]))
    for page in (listed, opened):
        assert page.status_code == 200
        assert alice.email in page.text
        assert GOOD_KEY not in page.text
        assert row.ciphertext not in page.text


def test_a_key_can_be_deleted_but_not_added_in_the_admin(operator: Client, alice: User) -> None:
    row = store_key(owner=alice, provider="claude", key=GOOD_KEY)
    assert operator.get(reverse("admin:providers_providerkey_add")).status_code == 403
    operator.post(reverse("admin:providers_providerkey_delete", args=[row.pk]), {"post": "yes"})
    assert not ProviderKey.objects.exists()
