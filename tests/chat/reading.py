"""A client of the JSON API that reads server-sent events from the running site."""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests

from accounts.models import User
from tests.factories import ApiTokenFactory
from tests.processes import Site


@dataclass(frozen=True)
class StreamEvent:
    """One server-sent event."""

    id: int
    name: str
    data: Any


@dataclass(frozen=True)
class Program:
    """A program that uses the API with a user's token."""

    site: Site
    headers: Mapping[str, str]

    def post(self, path: str, body: object, *, timeout: float = 20.0) -> requests.Response:
        """`path` is that in the API; `timeout` is in seconds."""
        return requests.post(f"{self.site.url}/api{path}", json=body, headers=self.headers, timeout=timeout)

    def follow(self, reply_id: UUID, after: int | None = None) -> Generator[StreamEvent, None, None]:
        headers = dict(self.headers) if after is None else {**self.headers, "Last-Event-ID": str(after)}
        with self.open_stream(reply_id, headers) as response:
            assert response.status_code == 200, response.text
            yield from events(response)

    def open_stream(self, reply_id: UUID, headers: Mapping[str, str] | None = None) -> requests.Response:
        address = f"{self.site.url}/api/chat/messages/{reply_id}/stream"
        return requests.get(address, headers=headers or self.headers, stream=True, timeout=30)


def program_of(user: User, site: Site) -> Program:
    token = f"ml_{user.pk}"
    ApiTokenFactory(owner=user, token=token)
    return Program(site, {"Authorization": f"Bearer {token}"})


def events(response: requests.Response) -> Generator[StreamEvent, None, None]:
    fields: dict[str, str] = {}
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        name, _, value = line.partition(": ")
        if line == "" and "event" in fields:
            yield StreamEvent(int(fields["id"]), fields["event"], json.loads(fields["data"]))
        fields = {} if line == "" else {**fields, name: value}


def text_of(received: list[StreamEvent]) -> str:
    return "".join(event.data["text"] for event in received if event.name == "delta")
