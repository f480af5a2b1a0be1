from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def client(alice: User, client_of: Callable[[User], Client]) -> Client:
    client = client_of(alice)
    client.raise_request_exception = False
    return client
