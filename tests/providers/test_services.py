import pytest

from accounts.models import User
from providers import errors
from providers.gateway import provider_for
from providers.keys.keyed_providers import plain_key
from providers.models import ProviderKey
from providers.queries import key_status
from providers.services import forget_key, store_key, validate_key
from tests.stand_ins.claude import GOOD_KEY, ClaudeStandIn


def stored(owner: User) -> ProviderKey:
    return ProviderKey.objects.get(owner=owner)


def test_a_key_is_stored_encrypted_and_decrypted_for_use(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=f"  {GOOD_KEY}\n")
    row = stored(alice)
    assert GOOD_KEY not in repr(row.__dict__)
    assert row.last4 == GOOD_KEY[-4:]
    assert plain_key(alice.provider_keys.get()) == GOOD_KEY


def test_a_new_key_replaces_the_old_one(alice: User, claude: ClaudeStandIn) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    validate_key(owner=alice, provider="claude")
    store_key(owner=alice, provider="claude", key="sk-ant-another-one")
    assert plain_key(alice.provider_keys.get()) == "sk-ant-another-one"
    assert key_status(owner=alice, provider="claude").valid is None


@pytest.mark.parametrize(
    "key", ["", "short", "with space inside", "line\nbreak-in-the-key", "x" * 301, "schlüssel-1234"]
)
def test_text_that_cannot_be_a_key_is_refused(alice: User, key: str) -> None:
    with pytest.raises(errors.KeyMalformed):
        store_key(owner=alice, provider="claude", key=key)
    assert not ProviderKey.objects.exists()


@pytest.mark.parametrize("provider", ["ollama", "builtin", "other"])
def test_a_provider_without_keys_takes_none(alice: User, provider: str) -> None:
    with pytest.raises(errors.KeyNotNeeded):
        store_key(owner=alice, provider=provider, key=GOOD_KEY)
    with pytest.raises(errors.KeyNotNeeded):
        validate_key(owner=alice, provider=provider)


def test_a_working_key_is_valid(alice: User, claude: ClaudeStandIn) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    key = validate_key(owner=alice, provider="claude")
    assert (key.valid, key.detail) == (True, "The key works.")
    assert key.validated_at is not None
    assert [call.path.partition("?")[0] for call in claude.calls] == ["/v1/models"], "a request that is free of charge"


def test_a_refused_key_is_invalid(alice: User, claude: ClaudeStandIn) -> None:
    store_key(owner=alice, provider="claude", key="sk-ant-wrong")
    assert validate_key(owner=alice, provider="claude").valid is False


def test_a_key_that_could_not_be_checked_is_neither_valid_nor_invalid(alice: User, claude: ClaudeStandIn) -> None:
    claude.down()
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    key = validate_key(owner=alice, provider="claude")
    assert key.valid is None
    assert "can't be reached" in key.detail


def test_without_a_key_there_is_nothing_to_validate(alice: User) -> None:
    with pytest.raises(errors.KeyMissing):
        validate_key(owner=alice, provider="claude")


def test_a_forgotten_key_is_gone_and_forgetting_twice_is_fine(alice: User) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    forget_key(owner=alice, provider="claude")
    forget_key(owner=alice, provider="claude")
    assert not ProviderKey.objects.exists()
    with pytest.raises(errors.KeyMissing):
        provider_for(owner=alice, name="claude")


def test_a_ciphertext_copied_to_another_user_is_unreadable(alice: User, mallory: User) -> None:
    row = store_key(owner=alice, provider="claude", key=GOOD_KEY)
    ProviderKey.objects.create(owner=mallory, provider="claude", ciphertext=row.ciphertext, last4=row.last4)
    with pytest.raises(errors.KeyUnreadable):
        plain_key(mallory.provider_keys.get())
    assert validate_key(owner=mallory, provider="claude").valid is False
