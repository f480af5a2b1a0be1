"""Who has the site's port."""

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

import psutil
import pytest
from pytest_django import Settings

from operations.doctor import site
from tests.processes import free_port


@pytest.fixture
def listener(settings: Settings, tmp_path: Path) -> socket.socket:
    settings.DATA_DIR = tmp_path
    listener = socket.create_server(("127.0.0.1", 0))
    settings.HOST, settings.PORT = str(IPv4Address(0)), listener.getsockname()[1]
    return listener


def test_a_free_port_passes(settings: Settings) -> None:
    settings.HOST, settings.PORT = "localhost", free_port()
    [finding] = site.port()
    assert (finding.level, "is free" in finding.message) == ("ok", True)


def test_a_port_of_another_program_is_a_failure_that_names_it(listener: socket.socket) -> None:
    with listener:
        [finding] = site.port()
    assert finding.level == "failure"
    assert f"(process {psutil.Process().pid})" in finding.message


def test_a_port_of_this_data_directory_passes(listener: socket.socket, tmp_path: Path) -> None:
    (tmp_path / "up.lock").write_text(str(psutil.Process().pid))
    with listener:
        assert [finding.level for finding in site.port()] == ["ok"]


class Healthy(BaseHTTPRequestHandler):
    answer = b'{"status": "ok"}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.mark.parametrize(("answer", "level"), [(b'{"status": "ok"}', "ok"), (b"<html>", "failure")])
def test_a_process_that_is_not_visible_is_told_by_its_answer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: bytes, level: str
) -> None:
    monkeypatch.setattr(psutil, "net_connections", lambda kind: [])  # as another account sees them
    monkeypatch.setattr(Healthy, "answer", answer)
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        settings.HOST, settings.PORT = "127.0.0.1", server.server_port
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        assert [finding.level for finding in site.port()] == [level]
        server.shutdown()
