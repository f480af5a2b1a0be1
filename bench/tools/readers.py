"""HTTP clients that send a message and read its reply, cheap enough for hundreds at once."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Reading:
    """The reply that a client read. Times are in seconds of `time.perf_counter`."""

    began: float
    text: str = ""
    arrivals: list[float] = field(default_factory=list)
    end: str = ""

    @property
    def first_after(self) -> float:
        return self.arrivals[0] - self.began

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.arrivals, self.arrivals[1:], strict=False)]


@asynccontextmanager
async def request(
    address: str, method: str, body: Any = None, token: str = ""
) -> AsyncGenerator[AsyncGenerator[bytes, None], None]:
    """Send one request on a new connection. Yields the lines of the response body as they arrive."""
    url = urlsplit(address)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    content = b"" if body is None else json.dumps(body).encode()
    target = f"{url.path}?{url.query}" if url.query else url.path
    head = f"{method} {target} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {token}\r\n" if token else ""
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    try:
        status = int((await reader.readline()).split()[1])
        headers = [line async for line in _until_blank(reader)]
        assert status < 300, (status, await reader.read())
        yield _lines(reader, chunked=any(b"chunked" in line for line in headers))
    finally:
        writer.close()


async def _until_blank(reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    while line := (await reader.readline()).strip():
        yield line.lower()


async def _lines(reader: asyncio.StreamReader, *, chunked: bool) -> AsyncGenerator[bytes, None]:
    rest = b""
    while True:
        size = int(await reader.readline(), 16) if chunked else 2**16
        piece = await (reader.readexactly(size) if chunked else reader.read(size))
        if chunked:
            await reader.readline()
        if not piece:
            break
        *complete, rest = (rest + piece).split(b"\n")
        for line in complete:
            yield line
    yield rest


async def ask_model(address: str, model: str) -> Reading:
    """Read the model's stream directly."""
    reading = Reading(time.perf_counter())
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "What is ATP?"}]}
    async with request(f"{address}/api/chat", "POST", body) as lines:
        async for line in lines:
            text = json.loads(line)["message"]["content"] if line.strip() else ""
            if text:
                reading.arrivals.append(time.perf_counter())
                reading.text += text
    return reading


async def ask_site(site: str, conversation_id: object, token: str) -> Reading:
    """Send a message and follow the reply to its end."""
    reading = Reading(time.perf_counter())
    messages = f"{site}/api/chat/conversations/{conversation_id}/messages"
    async with request(messages, "POST", {"content": "What is ATP?"}, token) as lines:
        response = b"".join([line async for line in lines])
    stream = f"{site}/api/chat/messages/{json.loads(response)['reply']['id']}/stream"
    while not reading.end:  # a stream may end before the reply does; then the client reconnects, as browsers do
        async with request(f"{stream}?after={len(reading.text)}", "GET", token=token) as lines:
            await _read_events(lines, reading)
    return reading


async def _read_events(lines: AsyncGenerator[bytes, None], reading: Reading) -> None:
    event = ""
    async for line in lines:
        name, _, value = line.decode().partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "delta":
            reading.arrivals.append(time.perf_counter())
            reading.text += json.loads(value)["text"]
        elif name == "data":
            reading.end = event
            return
