"""A real Chromium on the real site. A page that logs an error or violates the content policy fails its test."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, Request, ViewportSize
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from base.postgresql.owner import signed_in_as_owner
from operations.up.prepare_steps import collect_static_files
from tests.chromium import SYSTEM, has_chromium
from tests.processes import Child, Site, start, start_site
from tests.stand_ins.ollama import OllamaStandIn
from tests.stand_ins.serving import Call, Response
from tests.waiting import wait_until

# Playwright's synchronous API runs an event loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WORKER = ["celery", "-A", "memoryloop", "worker", "-l", "INFO"]
SIZES = {"desk": ViewportSize(width=1440, height=900), "phone": ViewportSize(width=390, height=844)}
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    # Without a Chromium these tests are skipped with a reason. In CI they run, and fail.
    skip = not has_chromium() and "CI" not in os.environ
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if skip:
                item.add_marker(pytest.mark.skip(reason="no Chromium: run `playwright install chromium`"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
    executable = {"executable_path": str(SYSTEM)} if SYSTEM.exists() else {}
    return {**browser_type_launch_args, **executable, "args": arguments}


@dataclass
class FaultRecorder:
    """Records the faults of all pages of the site at `url`: errors, dialogs, requests to other sites."""

    url: str
    faults: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        # Chromium logs every 4xx response as an error, also the 422 of an invalid form. So does htmx, except 422.
        is_response = "the server responded with a status of 4" in message.text or message.text.startswith(
            "Response Status Error Code 409"
        )
        # htmx logs as errors that it aborts a request which a newer one replaces. A failed one is a "htmx:sendError".
        is_abort = message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
        if message.type == "error" and not is_response and not is_abort:
            self.faults.append(message.text)

    def on_error(self, error: Error) -> None:
        self.faults.append(str(error))

    def on_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.faults.append(f"a request left the site: {request.url}")


@dataclass(frozen=True)
class Processes:
    """What serves all browser tests, one after the other."""

    web: Site
    worker: Child

    def resume(self) -> None:
        for process in (self.web, self.worker):
            process.resume()

    def pause_when_idle(self) -> bool:
        """Pause both, unless one of them is in a transaction. Returns whether they are paused."""
        for process in (self.web, self.worker):
            process.pause()
        idle = _has_no_open_transaction()
        if not idle:
            self.resume()
        return idle


class UnlistedOllama(OllamaStandIn):
    """Lists no models, so that the built-in tutor stays the default. It answers a chat that names its model."""

    def respond(self, call: Call, response: Response) -> None:
        if call.path == "/api/tags":
            response.raw(b"", status=503)
        else:
            super().respond(call, response)


@pytest.fixture(scope="session")
def ollama_of_site() -> Iterator[OllamaStandIn]:
    """The Ollama of the site's processes. It is down until a test uses `ollama_up`."""
    with UnlistedOllama() as server:
        server.down()
        yield server


@pytest.fixture
def ollama_up(ollama_of_site: OllamaStandIn) -> Iterator[OllamaStandIn]:
    ollama_of_site.up()
    yield ollama_of_site
    ollama_of_site.down()


@pytest.fixture(scope="session")
def processes(
    browser: Browser,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    ollama_of_site: OllamaStandIn,
) -> Iterator[Processes]:
    """One web server and one worker for all browser tests: starting takes seconds, and they keep no state."""
    directory = tmp_path_factory.mktemp("site")
    collect_static_files_once()
    environment = {"LANCEDB_URI": str(directory / "lancedb"), "OLLAMA_BASE_URL": ollama_of_site.url}
    # A test leaves a page as soon as it has looked at it, so the requests of a dozen pages may be in progress.
    environment["REQUESTS_AT_ONCE"] = "100"
    worker = start([*WORKER, "-n", "browser@%h"], directory / "worker.log", **environment)
    web = start_site(directory / "web.log", **environment)
    try:
        wait_until(lambda: worker.has_logged(" ready."), 60)
        running = Processes(web, worker)
        yield running
        running.resume()
    finally:
        web.stop()
        worker.stop()
        # PostgreSQL notices a moment later that their connections have ended, and a database in use can't be deleted.
        with django_db_blocker.unblock():
            _end_other_sessions()
        # Django keeps connections per event loop; those of these tests belong to Playwright's loop.
        connections.close_all()


def collect_static_files_once() -> None:
    """All xdist workers serve the same files: only one of them collects, and before any serves."""
    with (settings.DATA_DIR / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        collect_static_files()


@pytest.fixture
def own_index(processes: Processes, settings: Settings) -> Path:
    """The index that the processes write, instead of one for each test."""
    settings.LANCEDB_URI = str(processes.web.log.parent / "lancedb")
    return Path(settings.LANCEDB_URI)


@pytest.fixture
def site(transactional_db: None, own_index: Path, processes: Processes) -> Iterator[Site]:
    processes.resume()
    yield processes.web
    # After this, the tables are emptied. A transaction of a late request or drain would deadlock with that.
    wait_until(processes.pause_when_idle, 30)


def _end_other_sessions() -> None:
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _has_no_open_transaction() -> bool:
    """Whether the web server and the worker have finished what the test began. Only the owner may see that."""
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return cursor.fetchone() is None


@pytest.fixture
def open_browser(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A function that opens a page as `user`, or without signing in. At the end, no page may have had a fault."""
    contexts: list[BrowserContext] = []
    recorder = FaultRecorder(site.url)

    def open_as(user: User | None = None, *, size: str = "desk", **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, viewport=SIZES[size], reduced_motion="reduce", **options)
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site.url}])
        page = context.new_page()
        page.on("console", recorder.on_console)
        page.on("pageerror", recorder.on_error)
        page.on("dialog", recorder.on_dialog)
        page.on("request", recorder.on_request)
        return page

    yield open_as
    for context in contexts:
        with suppress(Exception):
            context.close()
    assert recorder.faults == []


def session_of(user: User) -> str:
    """The value of the session cookie of this user, who has just entered the password."""
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
