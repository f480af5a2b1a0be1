"""Neither the logs of the real processes nor their metrics contain a secret, or what a user wrote."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection

from accounts.models import User
from base.postgresql.owner import signed_in_as_owner
from chat.models import MessageStatus
from chat.replies.lifecycle import REPLIES
from tests.factories import ApiTokenFactory, MessageFactory
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


class Program:
    """A client of the JSON API with a token."""

    def __init__(self, site: Site) -> None:
        self._url = f"{site.url}/api"
        self._headers = {"Authorization": f"Bearer {TOKEN}"}

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(self._url + path, params=query, headers=self._headers, timeout=20)

    def post(self, path: str, body: object) -> requests.Response:
        return requests.post(self._url + path, json=body, headers=self._headers, timeout=20)

    def call_tool(self, name: str, **arguments: object) -> requests.Response:
        """Call a tool of the MCP server."""
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        headers = {**self._headers, "Accept": "application/json, text/event-stream"}
        return requests.post(self._url.replace("/api", "/mcp"), json=body, headers=headers, timeout=20)

    def send_message(self, provider: str) -> requests.Response:
        """Send a message in a new conversation."""
        conversation = self.post("/chat/conversations", {"title": TEXT, "provider": provider}).json()
        return self.post(f"/chat/conversations/{conversation['id']}/messages", {"content": TEXT})

    def has_ended(self, sent: requests.Response) -> bool:
        reply = self.get(f"/chat/messages/{sent.json()['reply']['id']}").json()
        return bool(reply["status"] != MessageStatus.GENERATING)


class Browser(requests.Session):
    """A browser on the site, which sends the CSRF token as htmx does."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._url = site.url

    def request(self, method: Any, url: Any, *arguments: Any, **options: Any) -> requests.Response:
        more: dict[str, Any] = {"timeout": 20, "headers": {"X-CSRFToken": self.cookies.get("csrftoken", "")}}
        return super().request(method, self._url + url, *arguments, **(more | options))


@contextmanager
def messages_that_postgresql_rejects() -> Iterator[None]:
    """PostgreSQL's error then has the row in its details, and the statement in its text."""
    _as_owner("ALTER TABLE chat_message ADD CONSTRAINT no_text CHECK (content = '') NOT VALID")
    try:
        yield
    finally:
        _as_owner("ALTER TABLE chat_message DROP CONSTRAINT no_text")


def _as_owner(statement: str) -> None:
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def metrics_of(site: Site) -> str:
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    return requests.get(f"{site.url}/metrics", headers=headers, timeout=20).text


def use_every_credential(browser: Browser) -> None:
    """A wrong and the right password, an API key, an email that cannot be sent, a link with a key, no CSRF token."""
    for password in ("wrong-" + PASSWORD, PASSWORD):
        answer = browser.post("/api/auth/login", json={"email": EMAIL, "password": password})
    assert answer.status_code == 200, answer.text
    browser.post("/api/settings/api-key", json={"key": KEY})
    browser.post("/accounts/password/reset/", data={"email": EMAIL})
    reset = f"/accounts/password/reset/key/1-{RESET_KEY}/"
    browser.get(reset)
    browser.post(reset, headers={"X-CSRFToken": "wrong"})


def send_invalid_requests(browser: Browser, program: Program) -> None:
    program.get("/messages/search", q=TEXT)
    browser.get("/search/", params={"q": TEXT})
    browser.get(f"/{TEXT}")
    program.post("/flashcards", {"question": TEXT, "kind": TEXT})
    for answer in (
        program.call_tool("search", query=TEXT),
        program.call_tool("remember", project=TEXT, data={TEXT: TEXT}),
        program.call_tool("remember", project=TEXT, data=TEXT),
    ):
        assert answer.status_code == 200, answer.text
    program.call_tool(TEXT)


def test_every_kind_of_request_and_failure_leaves_nothing_private(
    owner: User, logging_site: Site, logging_worker: Child
) -> None:
    browser, program = Browser(logging_site), Program(logging_site)
    use_every_credential(browser)
    send_invalid_requests(browser, program)
    # Claude refuses the key and quotes it.
    for provider in ("builtin", "claude"):
        sent = program.send_message(provider)
        wait_until(partial(program.has_ended, sent), 30)
    unfinished = MessageFactory(
        conversation__owner=owner, conversation__title=TEXT, role="assistant", status="generating", content=""
    )
    with messages_that_postgresql_rejects():
        page, problem = browser.post("/chat/", data={"content": TEXT}), program.send_message("builtin")
        REPLIES.enqueue(unfinished.pk)
        wait_until(lambda: logging_worker.has_logged("The task chat.tasks.write_reply failed."), 20)
    wait_until(lambda: 'process="test-0@' in metrics_of(logging_site), 20)
    web, worker, metrics = logging_site.log.read_text(), logging_worker.log.read_text(), metrics_of(logging_site)
    secrets = (browser.cookies["sessionid"], *PLANTED)
    assert [secret for secret in secrets if secret in web + worker + metrics] == []
    assert f"request_id={sent.headers['X-Request-ID']} " in worker
    assert_errors_are_found_by_their_ids([json.loads(line) for line in web.splitlines()], page, problem)


def assert_errors_are_found_by_their_ids(
    lines: list[dict[str, str]], page: requests.Response, problem: requests.Response
) -> None:
    assert (page.status_code, problem.status_code) == (500, 500)
    [shown] = re.findall(r"<code>(\w+)</code>", page.text)
    for response, error_id in ((page, shown), (problem, problem.json()["error_id"])):
        assert response.headers["X-Request-ID"] == error_id
        [line] = [line for line in lines if line.get("request_id") == error_id and line["level"] == "ERROR"]
        assert "IntegrityError: sqlstate 23514" in line["error"]
        assert "chat/services.py" in line["traceback"]
        assert line["user_id"]
