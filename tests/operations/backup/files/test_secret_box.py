"""Secrets in a backup are readable with the passphrase only."""

import json

import pytest

from operations.backup.errors import DamagedBackup, WrongPassphrase
from operations.backup.files import secret_box
from operations.backup.files.secret_box import seal, unseal

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that takes milliseconds. The tests of the commands use the real cost."""
    monkeypatch.setattr(secret_box, "COST", 2**10)


def test_the_passphrase_opens_the_box_and_no_other() -> None:
    sealed = seal(b"secret key", PASSPHRASE)
    assert b"secret key" not in sealed
    assert unseal(sealed, PASSPHRASE) == b"secret key"
    with pytest.raises(WrongPassphrase):
        unseal(sealed, PASSPHRASE + " ")


def test_two_boxes_of_one_secret_differ() -> None:
    assert seal(b"x", PASSPHRASE) != seal(b"x", PASSPHRASE)


@pytest.mark.parametrize(
    "changes",
    [{"n": 2**30}, {"n": 100_001}, {"r": 0}, {"salt": "?"}, {"ciphertext": ""}, {"nonce": ""}],
    ids=str,
)
def test_a_damaged_box_is_reported_and_costs_no_memory(changes: dict[str, object]) -> None:
    box = {**json.loads(seal(b"x", PASSPHRASE)), **changes}
    with pytest.raises((DamagedBackup, WrongPassphrase)):
        unseal(json.dumps(box).encode(), PASSPHRASE)
