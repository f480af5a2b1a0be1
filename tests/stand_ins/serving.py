"""A real HTTP server in a thread. It keeps its port when it goes down and comes back."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Self

MAX_HANG = 120  # seconds; a test that forgets to end it must still finish
TRICKLE_EVERY = 0.2  # seconds between two bytes


@dataclass(frozen=True)
class Call:
    """One request as it was received."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class StandIn:
    """The base class of the stand-ins. `with StandIn() as server:` serves, and its switches can be set meanwhile.

    `hanging`: accepts the connection and never answers. `redirect_to`: answers everything with a redirect.
    `broken_json`: answers everything with text that is not JSON. `pace`: seconds between the pieces of a stream.
    `first_after`: seconds before the first piece. `cut_after`: a stream stops after this many pieces, incomplete.
    `hung_up` counts the streams that the client closed early, `open` those that are running.
    """

    port: int = 0
    hanging: bool = False
    redirect_to: str = ""
    broken_json: bool = False
    pace: float = 0.0
    first_after: float = 0.0
    cut_after: int | None = None
    calls: list[Call] = field(default_factory=list)
    aborted: bool = False
    hung_up: int = 0
    open: int = 0

    # The switches that `/_stand_in` can set while the stand-in runs as a process.
    switches: ClassVar[tuple[str, ...]] = ("hanging", "redirect_to", "broken_json", "pace", "first_after", "cut_after")

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._release = Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> None:
        if self._server is not None:
            return
        self._release.clear()
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """Refuse connections and end hanging answers. `up()` uses the same port again."""
        self._release.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def configure(self, **switches: Any) -> None:
        """Set switches by name, as `/_stand_in` does."""
        for name, value in switches.items():
            if name not in self.switches:
                raise ValueError(name)
            setattr(self, name, value)

    def respond(self, call: Call, response: "Response") -> None:
        """Answer one request; each stand-in implements this."""
        raise NotImplementedError

    def abort(self) -> None:
        """Break every running stream, as a killed server does."""
        self.aborted = True

    def wait(self, seconds: float) -> None:
        if seconds:
            self._release.wait(seconds)

    @property
    def stopping(self) -> bool:
        return self._release.is_set()

    def hang(self) -> None:
        self._release.wait(MAX_HANG)

    def add_to_counter(self, name: str, step: int = 1) -> None:
        with self._lock:
            setattr(self, name, getattr(self, name) + step)

    def record(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)


class Response:
    """Sends the response: one JSON body, or a stream of chunks."""

    def __init__(self, handler: BaseHTTPRequestHandler, stand_in: StandIn) -> None:
        self._handler = handler
        self._stand_in = stand_in

    def json(self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.raw(
            json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"} | (headers or {})
        )

    def raw(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._handler.send_response(status)
        for name, value in (headers or {}).items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def stream(self, pieces: Iterable[bytes], *, content_type: str, headers: dict[str, str] | None = None) -> None:
        """Send each piece as a chunk, at the pace and up to the point that the switches set."""
        self._handler.send_response(200)
        for name, value in {"Content-Type": content_type, "Transfer-Encoding": "chunked", **(headers or {})}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._stand_in.add_to_counter("open")
        try:
            self._send(pieces)
        except OSError:
            self._stand_in.add_to_counter("hung_up")
            self._handler.close_connection = True
        finally:
            self._stand_in.add_to_counter("open", -1)

    def break_off(self, *, slowly: bool) -> None:
        """Announce a body and never finish it. `slowly`: send bytes of it until the client hangs up."""
        self._handler.send_response(200)
        self._handler.send_header("Content-Length", "1000000")
        self._handler.end_headers()
        self._handler.close_connection = True
        try:
            while slowly and not self._stand_in.stopping:
                self._handler.wfile.write(b" ")
                self._stand_in.wait(TRICKLE_EVERY)
        except OSError:
            self._stand_in.add_to_counter("hung_up")

    def _send(self, pieces: Iterable[bytes]) -> None:
        stand_in = self._stand_in
        stand_in.wait(stand_in.first_after)
        for number, piece in enumerate(pieces):
            if number == stand_in.cut_after:
                # The HTTP body ends properly, but the answer is incomplete.
                break
            if number:
                stand_in.wait(stand_in.pace)
            if stand_in.aborted:
                self._handler.close_connection = True
                return
            self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self._handler.wfile.write(b"0\r\n\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints nothing, because some tests close connections on purpose."""


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            """Logs nothing, because `calls` lists the requests."""

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call(self.command, self.path, dict(self.headers.items()), json.loads(body) if body else None)
            response = Response(self, stand_in)
            if self.path == "/_stand_in":
                stand_in.configure(**call.body)
                return response.json({})
            stand_in.record(call)
            if stand_in.hanging:
                stand_in.hang()
                self.close_connection = True
                return None
            if stand_in.redirect_to:
                return response.raw(b"", status=307, headers={"Location": stand_in.redirect_to})
            if stand_in.broken_json:
                return response.raw(b"<html>not what you asked for", headers={"Content-Type": "application/json"})
            return stand_in.respond(call, response)

    for method in ("GET", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler


def run(make: Callable[[int], StandIn]) -> None:
    """Serve as a process until it is stopped, and print the address; `--port 0` takes a free port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    with make(parser.parse_args().port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
