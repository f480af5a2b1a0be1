"""A fast password hash, because 100 guesses with the real one take most of a minute."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from pytest_django import Settings


class CheapArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 64  # KiB
    parallelism = 1


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CheapArgon2"]
