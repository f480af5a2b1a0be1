"""How accounts are stored."""

import pytest

from accounts.models import User


@pytest.mark.django_db
def test_an_email_address_is_stored_in_lower_case() -> None:
    user = User.objects.create_user("Alice@Example.org", "x")
    assert User.objects.get(email="alice@example.org") == user
