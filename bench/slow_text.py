"""How long a user's page takes while the slowest texts of another user are rendered, compared with the usual time."""

import threading
import time
from collections.abc import Callable
from statistics import quantiles
from uuid import uuid4

import requests
from django.conf import settings
from django.test import Client

from accounts.models import User
from bench.tools.processes import web_server
from chat.models import Conversation, Message, Role, message_url

REQUESTS, SLOW_PAGES, TARGET_RATIO = 200, 20, 2.0
# The lexer of makefiles needs ten seconds for such a block. The number makes each block unknown to the cache.
SLOW_BLOCK = "```make\n{number}" + "a" * 19_000 + "\n```\n\n"
TABLE = "\n\n|a|b|\n|-|-|\n" + "|1|2|\n" * 15_000


def page_of(address: str, *contents: str) -> Callable[[], float]:
    """A function that loads the chat of a new user with these answers. Returns the seconds that it took."""
    owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
    client = Client()
    client.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")
    chat = Conversation.objects.create(owner=owner, provider="builtin", title="Bench")
    messages = Message.objects.bulk_create(
        Message(conversation=chat, owner=owner, role=Role.ASSISTANT, content=content) for content in contents
    )
    url = address + message_url(conversation_id=chat.pk, message_id=messages[0].pk).split("#")[0]
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}

    def load() -> float:
        began = time.perf_counter()
        response = requests.get(url, cookies=cookies, timeout=120)
        took = time.perf_counter() - began
        response.raise_for_status()
        return took

    return load


def slow_pages(address: str) -> list[Callable[[], float]]:
    blocks = ["".join(SLOW_BLOCK.format(number=10 * page + block) for block in range(5)) for page in range(SLOW_PAGES)]
    return [page_of(address, text, f"{page}{TABLE}") for page, text in enumerate(blocks)]


def run() -> None:
    with web_server() as address:
        load = page_of(address, "Some *prose*.\n\n```python\nx = 1\n```\n")
        pages = slow_pages(address)
        usual = [load() for _request in range(REQUESTS)][REQUESTS // 10 :]
        rendering = threading.Thread(target=lambda: [load_slow() for load_slow in pages])
        rendering.start()
        beside = []
        while rendering.is_alive():
            beside.append(load())
    print(f"a page beside the slowest texts, {len(beside)} times (target: p95 at most {TARGET_RATIO:g} x the usual)")
    for name, seconds in {"usual": usual, "beside": beside}.items():
        p50, p95 = quantiles(seconds, n=2)[0], quantiles(seconds, n=20)[-1]
        ratio = p95 / quantiles(usual, n=20)[-1]
        print(f"  {name:<10}p50 {1_000 * p50:7.1f} ms    p95 {1_000 * p95:7.1f} ms{ratio:8.1f} x")
