"""Fixtures for every test. Alice owns the data, and Mallory is the stranger. Each test starts with an empty index.

Tests sign in to PostgreSQL as the program does, so its policies bind them too. The code of a test, its fixtures and its
factories act for all users. The program does not take that over: each request, task and thread of its own begins with
nobody and acts for whom it has found out. Only services that a test calls itself act as the test does. The owner of the
tables only creates, migrates and empties the databases.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from base.connections import valkey_client
from base.logs.outages import POSTGRESQL, VALKEY
from base.postgresql.acting import acting_for_all_users
from tests.api import ApiClient
from tests.factories import UserFactory

pytest_plugins = ["tests.emptying", "tests.processes", "tests.scheduling", "tests.stand_ins.fixtures"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last, because their worker and Playwright's event loop run until the session ends."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(autouse=True)
def see_all_users() -> Iterator[None]:
    with acting_for_all_users("a test prepares rows and asserts on them"):
        yield


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory(email="alice@example.org", name="Alice")


@pytest.fixture
def mallory(db: None) -> User:
    return UserFactory(email="mallory@example.org", name="Mallory")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A function that returns a test client in which this user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def api_of(client_of: Callable[[User], Client]) -> Callable[[User], ApiClient]:
    """The JSON API with this user's session."""
    return lambda user: ApiClient(client_of(user), {})


@pytest.fixture
def api_with() -> Callable[[str], ApiClient]:
    """The JSON API with this token."""
    return lambda token: ApiClient(Client(), {"Authorization": f"Bearer {token}"})


@pytest.fixture(autouse=True)
def own_index(settings: Settings, tmp_path: Path) -> Path:
    """A LanceDB directory for this test."""
    settings.LANCEDB_URI = str(tmp_path / "lancedb")
    return tmp_path / "lancedb"


@pytest.fixture(autouse=True)
def no_outage_of_another_test() -> Iterator[None]:
    """The probe of an outage would log its end during another test."""
    yield
    for outage in (POSTGRESQL, VALKEY):
        outage.forget()


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Make `{% static %}` work without the manifest that `collectstatic` writes."""
    plain: dict[str, Any] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Delete what the last test left: queued tasks, streams and heartbeats."""
    # The broker's bindings must stay, because a running worker declares them only once.
    keys = [key for key in valkey_client().scan_iter() if not key.startswith("_kombu")]
    if keys:
        valkey_client().delete(*keys)
