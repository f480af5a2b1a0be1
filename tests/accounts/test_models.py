import pytest

from accounts.models import User


@pytest.mark.django_db
def test_a_person_is_known_by_email() -> None:
    user = User.objects.create_user("Alice@Example.org", "x")
    assert User.objects.get(email="alice@example.org") == user
