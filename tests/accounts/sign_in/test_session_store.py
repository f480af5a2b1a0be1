from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.sign_in.session_store import SessionStore


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def test_a_session_signs_its_user_in_with_two_queries(
    browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        with django_assert_num_queries(3):  # session, user, the review settings
            assert browser.get("/api/quiz/settings").status_code == 200


def test_an_expired_or_deleted_session_signs_nobody_in(browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.get("/api/quiz/settings").status_code == 401
    Session.objects.all().delete()
    assert browser.get("/api/quiz/settings").status_code == 401


def test_an_unknown_session_is_empty_and_gets_another_key(alice: User) -> None:
    store = SessionStore("0123456789abcdefghijklmnopqrstuv")
    assert store.load() == {}
    assert store.session_key is None
    store["color"] = "blue"
    store.save()
    assert SessionStore(store.session_key)["color"] == "blue"
