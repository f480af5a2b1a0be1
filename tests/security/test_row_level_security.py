"""The second wall: PostgreSQL keeps users apart when the application's own checks fail."""

import ast
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from accounts.models import User
from base import sse
from base.connections import release_connection
from base.http import Request
from base.postgresql.acting import Actor, current_actor
from base.postgresql.roles import MAINTENANCE
from chat.models import Conversation, Message
from memoryloop.urls import urlpatterns as site
from tests import test_access
from tests.api import ApiClient
from tests.factories import ApiTokenFactory, CardFactory, MessageFactory
from tests.site_urls import Operation, SiteUrl, operations, pages

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parents[2]
FILTER = "_filter_or_exclude_inplace"  # all of `filter`, `exclude`, `get` and the related managers call it
OWNER_FIELDS = {"owner", "owner_id", "user", "user_id"}
ids = test_access.ids


def careless(request: HttpRequest) -> HttpResponse:
    """A view that forgets whose request it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chat_message")
        [by_sql] = cursor.fetchone()
    return HttpResponse(f"{Message.objects.count()} {by_sql} {User.objects.count()}")


async def careless_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{await Message.objects.acount()} {await User.objects.acount()}")


def careless_stream(request: Request) -> StreamingHttpResponse:
    @sync_to_async(thread_sensitive=False)
    def count() -> int:
        try:
            return Message.objects.count()
        finally:
            release_connection()

    async def events() -> AsyncGenerator[str, None]:
        yield f"{await count()} "
        yield f"{await Message.objects.acount()}"

    return sse.stream_response(events(), reader=request.user.pk)


@csrf_exempt
def forged(request: HttpRequest) -> HttpResponse:
    Conversation.objects.create(owner=User.objects.model(pk=request.POST["owner"]), title="Forged", provider="builtin")
    return HttpResponse(status=201)


urlpatterns = [
    path("careless/", careless),
    path("careless-async/", careless_async),
    path("careless-stream/", careless_stream),
    path("forged/", forged),
    path("api/forged/", forged),
    *site,
]
handler500 = "base.error_handlers.server_error"


@pytest.fixture
def careless_site(settings: Settings, alice: User) -> None:
    settings.ROOT_URLCONF = __name__
    MessageFactory(conversation__owner=alice)


@pytest.mark.usefixtures("careless_site")
class TestAViewThatForgetsTheOwner:
    def test_shows_the_rows_of_the_user_who_asks(
        self, alice: User, mallory: User, client_of: Callable[[User], Client]
    ) -> None:
        answers = [client_of(user).get("/careless/").text for user in (alice, mallory)]
        assert [*answers, Client().get("/careless/").text] == ["1 1 1", "0 0 1", "0 0 0"]

    def test_shows_nothing_more_when_it_is_asynchronous(
        self, alice: User, mallory: User, client_of: Callable[[User], Client]
    ) -> None:
        answers = [client_of(user).get("/careless-async/").text for user in (alice, mallory)]
        assert [*answers, Client().get("/careless-async/").text] == ["1 1", "0 1", "0 0"]

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("address", ["/forged/", "/api/forged/"])
    def test_is_refused_when_it_writes_for_another_user(
        self,
        address: str,
        alice: User,
        mallory: User,
        client_of: Callable[[User], Client],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        response = client_of(mallory).post(address, {"owner": str(alice.pk)})
        assert response.status_code == 403
        assert "The database refused this, and nothing was changed." in response.text
        assert "chat_conversation" not in response.text
        assert "PostgreSQL refused a statement of a request: new row violates row-level security" in caplog.text
        assert not Conversation.objects.filter(title="Forged").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("careless_site")
class TestAStream:
    async def body(self, browser: AsyncClient) -> str:
        response: Any = await browser.get("/careless-stream/")
        return b"".join([chunk async for chunk in response.streaming_content]).decode()

    def test_that_forgets_the_owner_reads_the_rows_of_its_reader(self, alice: User, mallory: User) -> None:
        async def answers() -> list[str]:
            found = []
            for user in (alice, mallory):
                browser = AsyncClient()
                await browser.aforce_login(user, "allauth.account.auth_backends.AuthenticationBackend")
                found.append(await self.body(browser))
            return found

        assert async_to_sync(answers)() == ["1 1", "0 0"]


@pytest.mark.usefixtures("careless_site")
def test_a_token_shows_the_rows_of_its_owner(
    alice: User, mallory: User, api_with: Callable[[str], ApiClient], client_of: Callable[[User], Client]
) -> None:
    """Whoever's session comes along."""
    CardFactory(owner=alice)
    ApiTokenFactory(owner=mallory, token="ml_mallory")
    assert api_with("ml_mallory").get("/flashcards").body["items"] == []
    both = ApiClient(client_of(alice), {"Authorization": "Bearer ml_mallory"})
    assert both.get("/auth/me").body["user"]["email"] == mallory.email
    with WithoutOwnerChecks():
        assert both.get("/flashcards").body["items"] == []


class WithoutOwnerChecks:
    """Drops each condition on an owner from the program's queries. Tests and code for all users keep theirs."""

    def __init__(self) -> None:
        self.dropped = 0
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> "WithoutOwnerChecks":
        original = getattr(QuerySet, FILTER)

        def careless_filter(rows: QuerySet[Any], negate: bool, args: Any, kwargs: dict[str, Any]) -> None:
            if current_actor().role is None and rows.model is not User:
                args, kwargs = tuple(map(self._without_owner, args)), self._remaining(kwargs)
            original(rows, negate, args, kwargs)

        self._patch.setattr(QuerySet, FILTER, careless_filter)
        return self

    def __exit__(self, *error: object) -> None:
        self._patch.undo()

    def _remaining(self, conditions: dict[str, Any]) -> dict[str, Any]:
        remaining = {name: value for name, value in conditions.items() if name.partition("__")[0] not in OWNER_FIELDS}
        self.dropped += len(conditions) - len(remaining)
        return remaining

    def _without_owner(self, condition: Any) -> Any:
        if not isinstance(condition, Q):
            return condition
        children = [
            child if not isinstance(child, tuple) or self._remaining(dict([child])) else Q()
            for child in condition.children
        ]
        return Q(*map(self._without_owner, children), _connector=condition.connector, _negated=condition.negated)


@pytest.fixture
def unchecked() -> Iterator[WithoutOwnerChecks]:
    with WithoutOwnerChecks() as checks:
        yield checks


@pytest.mark.parametrize("url", pages(), ids=lambda url: url.route)
def test_a_stranger_sees_nothing_on_pages_without_owner_checks(
    url: SiteUrl, ids: Any, alice: User, mallory: User, client_of: Callable[[User], Client], unchecked: Any
) -> None:
    test_access.TestPages().test_another_user_gets_404_or_their_own_rows(url, ids, alice, mallory, client_of)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_stranger_sees_nothing_in_the_api_without_owner_checks(
    operation: Operation,
    ids: Any,
    alice: User,
    mallory: User,
    api_of: Callable[[User], ApiClient],
    unchecked: Any,
) -> None:
    test_access.TestApi().test_another_user_gets_404_or_their_own_rows(operation, ids, alice, mallory, api_of)


def test_without_policies_the_same_stranger_would_see_everything(
    ids: Any, mallory: User, client_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the two tests above show that policies hold, and not that the checks are still on."""
    address = reverse("flashcards:card-edit", args=[ids["card_id"]])
    with WithoutOwnerChecks() as checks:
        assert client_of(mallory).get(address).status_code == 404
        assert checks.dropped
        monkeypatch.setattr("base.postgresql.base.current_actor", lambda: Actor(role=MAINTENANCE))
        response = client_of(mallory).get(address)
    assert response.status_code == 200
    assert test_access.SECRET in response.text


ENTRIES = {"acting_for_all_users", "act_for_all_users", "acting_for_sign_in", "act_for_sign_in"}


def entries() -> set[tuple[str, str]]:
    """Every call outside of tests and benchmarks that makes rows of all users visible: (module, reason)."""
    found = set()
    for file in PROJECT.rglob("*.py"):
        module = file.relative_to(PROJECT)
        if module.parts[0] in ("tests", "bench", ".venv", "data") or module.name == "acting.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ENTRIES:
                found.add((str(module), ast.literal_eval(node.args[0])))
    return found


def test_the_documentation_lists_every_place_that_sees_rows_of_all_users() -> None:
    text = (PROJECT / "docs" / "row-level-security.md").read_text()
    listed = set(re.findall(r"^\| `([\w/]+\.py)` \| (.+?) \| [^|]+\|$", text, re.MULTILINE))
    assert listed == entries()


def test_only_these_modules_use_roles_directly() -> None:
    """Nobody writes `Actor(role=…)` or a `SET ROLE` of their own, which the list would miss."""
    for file in PROJECT.rglob("*.py"):
        module = file.relative_to(PROJECT)
        if module.parts[0] not in ("tests", "bench", ".venv", "data") and module.parts[:2] != ("base", "postgresql"):
            text = file.read_text()
            assert "Actor(" not in text, module
            assert "acting_as(" not in text, module
            assert not re.search(r"SET\s+(LOCAL\s+)?ROLE", text), module
