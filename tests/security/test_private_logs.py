"""Neither the logs of the real processes nor their metrics contain a secret, or what a user wrote."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.db import connection

from accounts.models import User
from tests.factories import ApiTokenFactory
from tests.processes import Child, Site, start_site
from tests.stand_ins.claude import ClaudeStandIn
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

METRICS_TOKEN = "planted-metrics-token"
PASSWORD = "planted-passphrase-1"
EMAIL = "planted-address@example.org"
KEY = "sk-ant-planted-key-0123456789"
TOKEN = "ml_planted-token-0123456789"
RESET_KEY = "planted-reset-key"
TEXT = "planted words of a message"
PLANTED = (METRICS_TOKEN, PASSWORD, EMAIL, KEY, TOKEN, RESET_KEY, "planted")


@pytest.fixture
def owner(transactional_db: None) -> User:
    user = User.objects.create_user(email=EMAIL, password=PASSWORD)
    ApiTokenFactory(owner=user, token=TOKEN)
    return user


@pytest.fixture
def logging_site(owner: User, claude: ClaudeStandIn, own_index: Path, tmp_path: Path) -> Iterator[Site]:
    """A web server that logs everything it can as JSON."""
    claude.key, claude.quotes_key = "sk-ant-another-key-0123", True
    variables = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json", "METRICS_TOKEN": METRICS_TOKEN}
    variables |= {"DJANGO_SETTINGS_MODULE": "tests.security.settings", "EMAIL_URL": "smtp://127.0.0.1:9"}
    site = start_site(tmp_path / "web.log", **variables)
    yield site
    site.kill()


@pytest.fixture
def logging_worker(logging_site: Site, start_worker: Callable[..., Child]) -> Child:
    """A worker that logs everything it can as text."""
    return start_worker(LOG_LEVEL="DEBUG", METRICS_TOKEN=METRICS_TOKEN)


@pytest.fixture
def session(owner: User, logging_site: Site) -> requests.Session:
    """Signed in with the password, after a wrong one."""
    session = requests.Session()
    for password in ("wrong-" + PASSWORD, PASSWORD):
        body = {"email": EMAIL, "password": password}
        answer = session.post(f"{logging_site.url}/api/auth/login", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    return session


@contextmanager
def messages_that_postgresql_rejects() -> Iterator[None]:
    """PostgreSQL's error then has the row in its details, and the statement has it in its text."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chat_message ADD CONSTRAINT no_text CHECK (content = '') NOT VALID")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE chat_message DROP CONSTRAINT no_text")


def metrics_of(site: Site) -> str:
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    return requests.get(f"{site.url}/metrics", headers=headers, timeout=20).text


def lines_of(site: Site) -> list[dict[str, str]]:
    return [json.loads(line) for line in site.log.read_text().splitlines()]


def converse(site: Site, program: dict[str, str]) -> None:
    """Send a message with the built-in tutor, and one with Claude, which refuses the key and quotes it."""
    url = f"{site.url}/api/chat/conversations"
    for provider in ("builtin", "claude"):
        created = requests.post(url, json={"title": TEXT, "provider": provider}, headers=program, timeout=20)
        sent = requests.post(
            f"{url}/{created.json()['id']}/messages", json={"content": TEXT}, headers=program, timeout=20
        )
        assert sent.status_code in (200, 201, 202), sent.text
        reply_id = sent.json()["reply"]["id"]
        reply = f"{site.url}/api/chat/messages/{reply_id}"
        wait_until(
            lambda reply=reply: requests.get(reply, headers=program, timeout=20).json()["status"] != "generating", 30
        )


def test_every_kind_of_request_and_failure_leaves_nothing_private(
    logging_site: Site, logging_worker: Child, session: requests.Session
) -> None:
    url, program = logging_site.url, {"Authorization": f"Bearer {TOKEN}"}
    session_id = session.cookies["sessionid"]
    csrf = {"X-CSRFToken": session.cookies.get("csrftoken", "")}
    session.post(f"{url}/api/settings/api-key", json={"key": KEY}, headers=csrf, timeout=20)
    session.post(f"{url}/accounts/password/reset/", data={"email": EMAIL}, headers=csrf, timeout=20)
    for send in (session.get, session.post):
        send(f"{url}/accounts/password/reset/key/1-{RESET_KEY}/", timeout=20)
    converse(logging_site, program)
    requests.get(f"{url}/api/messages/search", params={"q": TEXT}, headers=program, timeout=20)
    session.get(f"{url}/search/", params={"q": TEXT}, timeout=20)
    requests.get(f"{url}/{TEXT}", headers={"Host": "another.example.org"}, timeout=20)
    requests.post(f"{url}/api/flashcards", json={"question": TEXT, "kind": TEXT}, headers=program, timeout=20)
    with messages_that_postgresql_rejects():
        opened = session.post(f"{url}/chat/", data={"content": TEXT}, headers=csrf, timeout=20)
        created = requests.post(f"{url}/api/chat/conversations", json={}, headers=program, timeout=20)
        sent = requests.post(
            f"{url}/api/chat/conversations/{created.json()['id']}/messages",
            json={"content": TEXT},
            headers=program,
            timeout=20,
        )
    assert (opened.status_code, sent.status_code) == (500, 500)
    wait_until(lambda: 'process="test-0@' in metrics_of(logging_site), 20)
    found = logging_site.log.read_text() + logging_worker.log.read_text() + metrics_of(logging_site)
    assert [secret for secret in (session_id, *PLANTED) if secret in found] == []
    assert_errors_are_found_by_their_ids(logging_site, opened, sent)


def assert_errors_are_found_by_their_ids(site: Site, page: requests.Response, answer: requests.Response) -> None:
    shown = re.findall(r"<code>(\w+)</code>", page.text)
    assert shown == [page.headers["X-Request-ID"]]
    assert answer.json()["error_id"] == answer.headers["X-Request-ID"]
    for error_id in (*shown, answer.json()["error_id"]):
        lines = [line for line in lines_of(site) if line.get("request_id") == error_id and line["level"] == "ERROR"]
        assert "IntegrityError: sqlstate 23514" in lines[0]["error"]
        assert "chat/services.py" in lines[0]["traceback"]
        assert lines[0]["user_id"]
