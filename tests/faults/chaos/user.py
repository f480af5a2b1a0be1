"""A user of the running site: signs up, sends requests, and remembers what was acknowledged."""

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import requests

from tests.faults.chaos.oracle import Exists, Item
from tests.waiting import wait_until

PASSWORD = "a long enough password"
TIMEOUT = 60.0  # seconds. A request that is given up may still be executed later, so none is given up early.
RESTART = 180.0  # seconds that the site may take until it answers; the machine may be busy with other tests
PAGE = 200  # rows in one page of a list


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


@dataclass
class ChaosUser:
    """`faults`: what must never happen, such as a status 500. One thread acts for each user."""

    url: str
    number: int
    token: str = ""
    conversations: list[Item] = field(default_factory=list)
    messages: list[Item] = field(default_factory=list)
    replies: list[Item] = field(default_factory=list)
    cards: list[Item] = field(default_factory=list)
    reviews: list[Item] = field(default_factory=list)
    generations: list[Item] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0
    _words: int = 0

    def sign_up(self) -> None:
        session = requests.Session()
        email = f"user{self.number}@example.org"
        created = session.post(
            f"{self.url}/api/auth/signup", json={"email": email, "password": PASSWORD}, timeout=TIMEOUT
        )
        assert created.status_code == 201, created.text
        headers = {"X-CSRFToken": session.cookies["csrftoken"], "Referer": self.url}
        body = {"name": "chaos", "scopes": ["read", "write", "account"]}
        created = session.post(f"{self.url}/api/auth/tokens", json=body, headers=headers, timeout=TIMEOUT)
        assert created.status_code == 201, created.text
        self.token = created.json()["token"]

    def new_word(self) -> str:
        """A word that occurs in no other text."""
        self._words += 1
        return f"u{self.number}w{self._words}"

    def request(self, method: str, path: str, body: Any = None) -> Answer | None:
        """The answer; None when the request may or may not have had an effect."""
        try:
            response = self._send(method, path, body)
        except requests.RequestException:
            response = None
        if response is None or response.status_code == 503:
            self.wait_for_site()
            return None
        if response.status_code >= 500:
            self.faults.append(f"{method} {path}: {response.status_code} {response.text[:300]}")
            return None
        self.acknowledged += response.ok
        return Answer(response.status_code, response.json() if response.content else None)

    def wait_for_site(self) -> None:
        wait_until(partial(is_ready, self.url), RESTART)

    def get(self, path: str, **parameters: str) -> Any:
        """The body of a page that must be there; used when the server is whole again."""
        response = requests.get(f"{self.url}/api{path}", params=parameters, headers=self._headers(), timeout=TIMEOUT)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text[:300]}"
        return response.json()

    def get_all(self, path: str) -> list[Any]:
        """Every item of a list."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, limit=str(PAGE), **cursor)
            items += page["items"]
            if not page["next"]:
                return items
            cursor = {"cursor": page["next"]}

    def choose(self, items: list[Item], random: Random) -> Item | None:
        """One of those that exist, as far as this user knows for sure."""
        certain = [item for item in items if item.state is Exists.YES]
        return random.choice(certain) if certain else None

    def _send(self, method: str, path: str, body: Any) -> requests.Response:
        return requests.request(method, f"{self.url}/api{path}", json=body, headers=self._headers(), timeout=TIMEOUT)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/health/ready", timeout=TIMEOUT).status_code == 200
    except requests.RequestException:
        return False
