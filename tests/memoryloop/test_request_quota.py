"""The quota of requests in progress, with an application that waits until it is told to answer."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, RequestFactory
from django.urls import reverse

from accounts.models import User
from base.quotas import senders
from base.quotas.senders import remember_owner
from memoryloop.body_limit import Message, Receive, Scope, Send
from memoryloop.request_quota import RequestQuota
from tests.factories import ApiTokenFactory

LIMIT = 3


class Waiting:
    """Answers each request when `leave` is set."""

    def __init__(self, content_type: bytes = b"text/html") -> None:
        self.leave = asyncio.Event()
        self.begun = 0
        self.headers = [(b"content-type", content_type)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        if self.headers == [(b"content-type", b"text/event-stream")]:
            await send({"type": "http.response.start", "status": 200, "headers": self.headers})
            await self.leave.wait()
            return
        await self.leave.wait()
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})


async def nothing() -> Message:
    return {}


async def call(quota: RequestQuota, *headers: tuple[bytes, bytes], path: str = "/") -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await quota({"type": "http", "path": path, "headers": list(headers)}, nothing, send)
    return sent


def token(secret: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {secret}".encode()


def session(key: str) -> tuple[bytes, bytes]:
    return b"cookie", f"theme=dark; sessionid={key}".encode()


@pytest.fixture
def busy() -> Callable[..., list[Message]]:
    """The response to one more request, while as many as are allowed are in progress with the other headers."""

    @async_to_sync
    async def answer(
        more: list[tuple[bytes, bytes]],
        *busy_with: list[tuple[bytes, bytes]],
        path: str = "/",
        content_type: bytes = b"text/html",
    ) -> list[Message]:
        application = Waiting(content_type)
        quota = RequestQuota(application, LIMIT, patience=0)
        running = [asyncio.create_task(call(quota, *headers)) for headers in busy_with]
        await asyncio.sleep(0)
        assert application.begun == len(busy_with)
        another = asyncio.create_task(call(quota, *more, path=path))
        await asyncio.sleep(0)
        application.leave.set()
        await asyncio.gather(*running)
        response = await another
        assert (await call(quota, *more))[0]["status"] == 200
        return response

    return answer


def statuses(response: list[Message]) -> list[int]:
    return [message["status"] for message in response if "status" in message]


def test_one_request_too_many_is_a_429_that_says_when_to_try_again(busy: Callable[..., list[Message]]) -> None:
    start, body = busy([session("a")], *[[session("a")]] * LIMIT)
    assert start["status"] == 429
    assert dict(start["headers"])[b"retry-after"] == b"5"
    assert b"Too many of your requests" in body["body"]


def test_a_program_gets_problem_json(busy: Callable[..., list[Message]]) -> None:
    start, body = busy([token("a")], *[[token("a")]] * LIMIT, path="/api/auth/me")
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (429, b"application/problem+json")
    assert b"too-many-requests" in body["body"]


@pytest.mark.parametrize("more", [[], [session("b")], [token("b")], [(b"accept", b"*/*")]])
def test_other_users_and_anonymous_visitors_are_served(
    more: list[tuple[bytes, bytes]], busy: Callable[..., list[Message]]
) -> None:
    assert statuses(busy(more, *[[session("a")]] * LIMIT)) == [200]


@pytest.mark.parametrize(
    "more",
    [
        [token("a"), session("made up")],
        [session("made up"), (b"authorization", b"bearer   a ")],
        [(b"cookie", b"sessionid=made-up"), token("a")],
    ],
)
def test_a_made_up_credential_hides_nothing(
    more: list[tuple[bytes, bytes]], busy: Callable[..., list[Message]]
) -> None:
    assert statuses(busy(more, *[[token("a")]] * LIMIT)) == [429]


def test_the_sessions_and_tokens_of_a_user_count_together(busy: Callable[..., list[Message]]) -> None:
    alice, requests = uuid4(), RequestFactory()
    remember_owner(requests.get("/", headers={"Authorization": "Bearer alice-1"}), "authorization", alice)
    remember_owner(requests.get("/", headers={"Cookie": "sessionid=alice-2"}), "cookie", alice)
    assert statuses(busy([session("alice-2")], *[[token("alice-1")]] * LIMIT)) == [429]


def test_an_open_stream_does_not_count(busy: Callable[..., list[Message]]) -> None:
    streams = [[session("a")]] * LIMIT
    assert statuses(busy([session("a")], *streams, content_type=b"text/event-stream")) == [200]


def test_a_request_that_waits_gets_the_next_free_place() -> None:
    async def send_one_too_many() -> list[int]:
        application = Waiting()
        quota = RequestQuota(application, LIMIT, patience=60)
        running = [asyncio.create_task(call(quota, session("a"))) for _ in range(LIMIT + 1)]
        await asyncio.sleep(0)
        assert application.begun == LIMIT
        application.leave.set()
        return [status for response in await asyncio.gather(*running) for status in statuses(response)]

    assert async_to_sync(send_one_too_many)() == [200] * (LIMIT + 1)


def test_a_request_that_fails_makes_room() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise BrokenPipeError

    async def fail_often() -> None:
        quota = RequestQuota(fail, 1, patience=0)
        for _ in range(3):
            with pytest.raises(BrokenPipeError):
                await call(quota, session("a"))

    async_to_sync(fail_often)()


@pytest.mark.django_db(transaction=True)
def test_what_a_user_signs_in_with_is_remembered(alice: User) -> None:
    ApiTokenFactory(owner=alice, token="ml_one")

    async def visit() -> str:
        client = AsyncClient()
        await client.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
        assert (await client.get(reverse("accounts:settings"))).status_code == 200
        headers = {"Authorization": "Bearer ml_one"}
        assert (await AsyncClient().get("/api/auth/me", headers=headers)).status_code == 200
        return client.cookies["sessionid"].value

    key = async_to_sync(visit)()
    assert senders.senders_of([session(key), token("ml_one")]) == {f"user {alice.pk}"}


def test_the_memory_of_senders_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "MAX_REMEMBERED", 5)
    monkeypatch.setattr(senders, "_owners", {})
    for number in range(20):
        request = RequestFactory().get("/", headers={"Authorization": f"Bearer {number}"})
        remember_owner(request, "authorization", uuid4())
    assert len(senders._owners) == 5
