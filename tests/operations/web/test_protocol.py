"""Clients that send too much, too slowly or nothing at all: a real web server closes their connections."""

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPResponse, RemoteDisconnected
from pathlib import Path

import psutil
import pytest

from operations.web.protocol import MAX_COOKIE_ESCAPES, MAX_COOKIES, MAX_HEAD
from tests.processes import PROJECT, Site, environment_of_test, free_port, start_site
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

FILES = 256
TIMEOUT = 60.0  # seconds; the machine may be busy
HALF = b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n"
WHOLE = HALF + b"\r\n"
BODY = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that gives a client one second."""
    directory = tmp_path_factory.mktemp("site")
    running = start_site(
        directory / "web.log", DEBUG="true", LANCEDB_URI=str(directory / "lancedb"), REQUEST_TIMEOUT="1"
    )
    yield running
    running.kill()


@pytest.fixture
def cramped_site(django_db_setup: None, tmp_path: Path) -> Iterator[Site]:
    """A server that may open no more than FILES files."""
    log, port = tmp_path / "web.log", free_port()
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "operations.web.server"],
            cwd=PROJECT,
            env={**environment_of_test(), "PORT": str(port), "DEBUG": "true"},
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)),
        )
    running = Site(process, log, f"http://127.0.0.1:{port}")
    yield running
    running.kill()


def connect(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), TIMEOUT)


def status_of(connection: socket.socket) -> int | None:
    """The status of the next response, None if the connection was closed without one."""
    response = HTTPResponse(connection)
    try:
        response.begin()
    except RemoteDisconnected:
        return None
    response.read()
    return response.status


def answer_to(site: Site, request: bytes) -> int | None:
    with connect(site) as connection:
        connection.sendall(request)
        return status_of(connection)


def with_header(name: str, size: int) -> bytes:
    return HALF + f"{name}: {'a' * size}\r\n\r\n".encode()


def test_headers_up_to_the_limit_are_accepted(site: Site) -> None:
    assert answer_to(site, with_header("X-Large", MAX_HEAD - 1000)) == 200
    assert answer_to(site, with_header("Cookie", MAX_COOKIES - 10)) == 200


@pytest.mark.parametrize(
    "request_",
    [
        with_header("X-Large", MAX_HEAD),
        with_header("Cookie", MAX_COOKIES + 1),
        HALF + b'Cookie: a="' + b'\\"' * (MAX_COOKIE_ESCAPES + 1) + b'"\r\n\r\n',
        HALF + b"Cookie: %s\r\n" % (b"a" * 1000) * 20 + b"\r\n",
        HALF + b"X: %s\r\n" % (b"a" * 100) * 1000 + b"\r\n",
        b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * MAX_HEAD),
        CHUNKED + b"1\r\na\r\n0\r\nX-Trailer: " + b"a" * MAX_HEAD + b"\r\n\r\n",
    ],
    ids=["header", "cookie", "quotes", "cookies", "headers", "url", "trailer"],
)
def test_larger_headers_are_rejected(site: Site, request_: bytes) -> None:
    assert answer_to(site, request_) == 431


def test_an_endless_header_does_not_fill_the_memory(site: Site) -> None:
    process = psutil.Process(site.process.pid)
    before = process.memory_info().rss
    with connect(site) as connection, suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(HALF + b"X-Endless: ")
        for _ in range(1000):
            connection.sendall(b"a" * 100_000)
        pytest.fail("The server read 100 MB of a header.")
    assert process.memory_info().rss - before < 20_000_000
    assert answer_to(site, WHOLE) == 200


@pytest.mark.parametrize("extra", [b"", b"\r\n", HALF], ids=["nothing", "empty line", "half a request"])
def test_an_idle_connection_is_closed(site: Site, extra: bytes) -> None:
    with connect(site) as connection:
        connection.sendall(extra)
        assert status_of(connection) in ((408, None) if extra else (None,))


def test_a_connection_is_closed_after_half_of_its_second_request(site: Site) -> None:
    with connect(site) as connection:
        for expected in (200, 200):
            connection.sendall(WHOLE)
            assert status_of(connection) == expected
        connection.sendall(HALF)
        assert status_of(connection) == 408
        assert connection.recv(1) == b""


@pytest.mark.parametrize("request_", [BODY + b"a=b", CHUNKED + b"3\r\na=b\r\n"], ids=["length", "chunks"])
def test_half_a_body_is_rejected(site: Site, request_: bytes) -> None:
    assert answer_to(site, request_) == 408


def test_a_header_sent_byte_by_byte_does_not_extend_the_deadline(site: Site) -> None:
    with connect(site) as connection:
        connection.sendall(HALF)
        connection.settimeout(0.1)
        for _ in range(int(TIMEOUT / 0.1)):
            with suppress(TimeoutError):
                assert status_of(connection) == 408
                return
            connection.sendall(b"X")
    pytest.fail("The connection was never closed.")


def test_a_websocket_is_a_bad_request_and_an_offer_of_http_2_is_ignored(site: Site) -> None:
    upgrade = HALF + b"Connection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    assert answer_to(site, upgrade % b"websocket") == 400
    assert answer_to(site, upgrade % b"h2c") == 200


def test_what_is_not_http_is_a_bad_request(site: Site) -> None:
    for request in (b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n"):
        assert answer_to(site, request) == 400
    assert answer_to(site, WHOLE) == 200


def test_many_half_requests_shut_nobody_out(cramped_site: Site) -> None:
    process = psutil.Process(cramped_site.process.pid)
    wait_until(lambda: answers(cramped_site), TIMEOUT)
    with ExitStack() as stack:
        for _ in range(2 * FILES):
            stack.enter_context(connect(cramped_site)).sendall(HALF)
        assert answer_to(cramped_site, WHOLE) == 200
        assert process.num_fds() < FILES


def answers(site: Site) -> bool:
    assert site.process.poll() is None, site.log.read_text()
    with suppress(ConnectionRefusedError):
        return answer_to(site, WHOLE) == 200
    return False
