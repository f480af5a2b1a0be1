"""Expired sessions and rate limit counts are deleted, and valid ones stay."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tasks import clear_expired
from tests.accounts.credentials import PASSWORD
from tests.factories import UserFactory


def client_after_login(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def rate_limit_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_rate_limits")
        row: tuple[int] = cursor.fetchone()
        return row[0]


def test_expired_sessions_and_counts_are_deleted(db: None) -> None:
    valid, expired = (client_after_login(UserFactory(password=PASSWORD)) for _ in range(2))
    Session.objects.filter(pk=expired.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_rate_limits")
    cache.set("valid", 1, 60)
    cache.set("expired", 1, -60)

    clear_expired()

    assert valid.get("/settings/").status_code == 200
    assert [row.session_key for row in UserSession.objects.all()] == [valid.session.session_key]
    assert cache.get("valid") == 1
    assert rate_limit_rows() == 1
