import pytest

from accounts.models import User
from providers import errors
from providers.gateway import provider_for
from providers.models import ProviderName
from providers.services import store_key
from tests.stand_ins.claude import GOOD_KEY


def test_each_provider_is_found_by_its_name(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    assert [provider_for(owner=alice, name=name).name for name in ProviderName.values] == ProviderName.values


def test_claude_needs_the_users_own_key(alice: User, mallory: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    with pytest.raises(errors.KeyMissing):
        provider_for(owner=mallory, name="claude")


def test_no_other_provider_exists(alice: User) -> None:
    with pytest.raises(errors.UnknownProvider):
        provider_for(owner=alice, name="other")


def test_a_provider_does_not_show_its_key(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    assert GOOD_KEY not in repr(provider_for(owner=alice, name="claude"))
