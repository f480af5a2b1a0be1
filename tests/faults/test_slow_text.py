"""While the text of one user takes long to render, the pages of the others do not wait for it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

import pytest
import requests
from django.test import Client

from accounts.models import User
from chat.models import Role, message_url
from tests.factories import ConversationFactory, MessageFactory
from tests.processes import Site

pytestmark = pytest.mark.slow

REQUESTS = 40
SLOW_PAGES = 3
# Ten seconds for the lexer of makefiles; different each time, so that it is not known to be slow.
SLOW_BLOCK = "```make\n{number}{text}\n```\n\n"
TABLE = "|a|b|\n|-|-|\n" + "|1|2|\n" * 15_000
MARGIN = 10  # for a loaded machine; without the bound, each of these blocks held up every request for seconds


def page_of(user: User, client_of: Callable[[User], Client], site: Site, *contents: str) -> Callable[[], float]:
    """A function that loads a chat of this user with these answers, and returns the seconds that it took."""
    chat = ConversationFactory(owner=user)
    messages = [MessageFactory(conversation=chat, role=Role.ASSISTANT, content=content) for content in contents]
    url = site.url + message_url(conversation_id=chat.pk, message_id=messages[0].pk).split("#")[0]
    cookies = {"sessionid": client_of(user).cookies["sessionid"].value}

    def load() -> float:
        start = time.perf_counter()
        response = requests.get(url, cookies=cookies, timeout=120)
        assert response.status_code == 200, response.text[:500]
        return time.perf_counter() - start

    return load


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def test_the_slowest_text_does_not_hold_up_another_user(
    shared_site: Site, alice: User, mallory: User, client_of: Callable[[User], Client]
) -> None:
    load = page_of(alice, client_of, shared_site, "Some *prose*.\n\n```python\nx = 1\n```\n")
    slow = [
        page_of(
            mallory,
            client_of,
            shared_site,
            "".join(SLOW_BLOCK.format(number=10 * page + block, text="a" * 19_000) for block in range(5)),
            f"{page}\n\n{TABLE}",
        )
        for page in range(SLOW_PAGES)
    ]
    for _warm_up in range(5):
        load()
    usual = p95([load() for _request in range(REQUESTS)])
    with ThreadPoolExecutor(1) as pool:
        rendering = pool.submit(lambda: [load_slow() for load_slow in slow])
        beside: list[float] = []
        while not rendering.done() or len(beside) < REQUESTS:
            beside.append(load())
        rendering.result()
    assert p95(beside) < MARGIN * usual
