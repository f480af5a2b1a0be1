"""No user reads or changes rows of another: every URL is requested anonymously and by another user.

A new URL with an unknown parameter fails this test until VALUES or `ids` has a value for it.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.models import Conversation, Message
from flashcards.models import Card, CardStatus
from goals.models import SkillNode
from tests.api import ApiClient
from tests.factories import (
    ApiTokenFactory,
    CardFactory,
    ConversationFactory,
    GenerationBatchFactory,
    GenerationFactory,
    LeftOutPieceFactory,
    MemoryFactory,
    MessageFactory,
    PassageFactory,
    ReviewFactory,
    SkillNodeFactory,
    SkillTestFactory,
    TreeRunFactory,
)
from tests.site_urls import Operation, SiteUrl, admin_pages, operations, pages

pytestmark = pytest.mark.django_db

# All of Alice's rows contain both words. Mallory searches for the first, and must not see the second in any response.
KNOWN = "lavender"
SECRET = "heliotrope"
TEXT = f"{KNOWN} {SECRET}"

# Pages that need no sign-in. They show no user's data.
PUBLIC_PAGES = {
    *("account_login", "account_signup", "account_logout", "account_inactive", "account_email_verification_sent"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done"),
    *("account_confirm_email", "account_reset_password_from_key"),
    *("account_confirm_login_code", "mfa_authenticate"),  # during a sign-in; otherwise they redirect to its form
}
PUBLIC_OPERATIONS = {
    *("POST /auth/signup", "POST /auth/login"),
    *("GET /health", "GET /health/live", "GET /health/ready"),
}
# Searches find nothing if a filter has the id of another user's row, which reveals less than a 404.
FILTERS = {"POST /messages/search", "POST /search"}

Ids = dict[str, Any]


@pytest.fixture
def ids(alice: User) -> Ids:
    """The primary keys of one row of each kind, all Alice's, by their parameter names in paths, queries and bodies."""
    alice.name = TEXT
    alice.save()
    conversation: Conversation = ConversationFactory(owner=alice, title=f"{TEXT} talk")
    message: Message = MessageFactory(conversation=conversation, content=f"{TEXT} question")
    reply: Message = MessageFactory(conversation=conversation, role="assistant", content=f"{TEXT} answer")
    generation = GenerationFactory(owner=alice, message=reply, text=TEXT)
    sides = {"owner": alice, "question": f"{TEXT}?", "answer": TEXT, "tags": [KNOWN]}
    card: Card = CardFactory(reviewed=True, message=reply, **sides)
    draft: Card = CardFactory(generation=generation, status=CardStatus.DRAFT, **{**sides, "question": f"{TEXT}!"})
    ReviewFactory(card=card)
    token = ApiTokenFactory(owner=alice, name=TEXT)
    left_out = LeftOutPieceFactory(conversation=conversation, title=TEXT)
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title=TEXT, title=TEXT)
    run = TreeRunFactory(goal=skill.tree.goal, received=[TEXT])
    batch = GenerationBatchFactory(goal=skill.tree.goal)
    GenerationFactory(owner=alice, batch=batch, skill=skill, text=TEXT)
    memory = MemoryFactory(project__owner=alice, project__name=TEXT, data={"note": TEXT})
    return {
        **{"project_id": memory.project_id, "memory_id": memory.pk},
        **{"run_id": run.pk, "tree_id": skill.tree_id},
        **{"conversation_id": conversation.pk, "message_id": message.pk, "card_id": card.pk},
        **{"generation_id": generation.pk, "token_id": token.pk, "accept": [draft.pk], "discard": [draft.pk]},
        **{"skill_id": skill.pk, "batch_id": batch.pk, "generation": generation.pk, "skill": skill.pk},
        **{"skill_node_ids": [skill.pk], "skill_node_id": skill.pk, "goal_id": skill.tree.goal_id},
        **{"left_out_id": left_out.pk},
        **{"passage_id": PassageFactory(owner=alice, text=TEXT).pk},
        **{"skill_id": skill.pk, "test_id": SkillTestFactory(skill=skill).pk},
    }


# Valid values of all other parameters and fields, so that only the ids can be the reason for an error.
VALUES: dict[str, Any] = {
    **{"email": "mallory@example.org", "password": "correct horse battery", "code": "", "name": "Mine"},
    **{"scopes": ["read"], "key": "sk-mine-000000000000", "provider": "claude", "model": "", "title": "Mine"},
    **{"use_memory": True, "pinned": False, "archived": False, "content": "Mine", "text": "Mine", "max_cards": 3},
    **{"question": "Mine?", "answer": "Mine", "kind": "basic", "tags": ["mine"], "query": KNOWN, "mode": "keyword"},
    **{
        "budget": 10,
        "cards_per_skill": 2,
        "rating": 3,
        "review_id": str(uuid4()),
        "duration_ms": 1000,
        "reps": 3,
        "limit": 50,
        "day_start_hour": 4,
    },
    **{"desired_retention": 0.9, "new_per_day": 20, "reviews_per_day": 200, "learning_steps": [60]},
    **{"relearning_steps": [600], "maximum_interval": 365, "time_zone": "UTC", "leech_threshold": 8, "q": KNOWN},
    **{"kinds": ["message", "card"], "forgotten": True, "number": 1},
    **{"tree": False, "outline": "- a\n- b", "let_go": []},
    **{"project": "Mine", "data": {"note": "Mine"}, "component": "Mine", "task": "Mine", "source": "Mine"},
    **{"deleted_at": "2026-11-22T09:30:00Z", "partial": True, "use_in_chats": False, "used": True},
    **{"date": "2027-03-14"},
    **{"nodes": [], "revision": 1, "description": "Mine", "target_date": "2027-03-14", "allow_duplicate": True},
    **{"status": "active", "state": "review", "tag": KNOWN, "uidb36": "1", "after": 0},
}
OPTIONAL = {
    "ahead",
    "cursor",
    "from",
    "to",
    "before",
    "date_from",
    "date_to",
    "due_before",
    "role",
    "parameters",
    "where",
    "after",
    "expires_at",
    "has_cards",
    "parent_id",
    "position",
    "prerequisites",
    "proposed",
}
FORM_VALUES = {**VALUES, "action": "delete", "rest": "accept", "change": "pin", "provider": "builtin"}


def rows_of(owner: User) -> dict[str, list[dict[str, Any]]]:
    """All rows of the user, by table."""
    rows: dict[str, list[dict[str, Any]]] = {"user": [dict(row) for row in User.objects.filter(pk=owner.pk).values()]}
    for model in apps.get_models():
        if _has_owner(model):
            rows[model._meta.label] = list(model._default_manager.filter(owner_id=owner.pk).order_by("pk").values())
    return rows


def _has_owner(model: type[Model]) -> bool:
    for name in ("owner", "owner_id"):
        try:
            model._meta.get_field(name)
            return True
        except FieldDoesNotExist:
            continue
    return False


def content_of(response: Any) -> str:
    async def collected() -> bytes:
        return b"".join([chunk async for chunk in response])

    if response.streaming:
        return (async_to_sync(collected)() if response.is_async else b"".join(response)).decode()
    return str(response.content.decode())


@pytest.mark.parametrize("url", pages(), ids=lambda url: url.route)
class TestPages:
    def test_an_anonymous_user_is_redirected_to_sign_in(self, url: SiteUrl, ids: Ids, alice: User) -> None:
        if url.name == "":
            pytest.skip("unknown paths of the API are 404 for every user")
        path, before = url.path(_path_values(ids)), rows_of(alice)
        for method in ("GET", "POST"):
            response = Client().generic(method, path)
            if url.name not in PUBLIC_PAGES:
                assert response.status_code == 302, f"{method} {path}"
                assert response.headers["Location"].startswith(reverse("account_login"))
            assert response.status_code < 500
            assert SECRET not in content_of(response)
        assert rows_of(alice) == before

    def test_another_user_gets_404_or_their_own_rows(
        self, url: SiteUrl, ids: Ids, alice: User, mallory: User, client_of: Callable[[User], Client]
    ) -> None:
        path, before = url.path(_path_values(ids)), rows_of(alice)
        names_alices_row = bool(set(url.parameters) & set(ids))
        requests: dict[str, Callable[[Client], Any]] = {
            "GET": lambda browser: browser.get(path, {"q": KNOWN, **ids}),
            "POST": lambda browser: browser.post(
                path, {**FORM_VALUES, **ids, "card": ids["card_id"], "cards": ids["card_id"]}
            ),
        }
        for method, send in requests.items():
            response = send(client_of(mallory))
            assert response.status_code < 500
            assert SECRET not in content_of(response), f"{method} {path}"
            if names_alices_row:
                assert response.status_code in (404, 405), f"{method} {path}"
        assert rows_of(alice) == before


@pytest.mark.parametrize("operation", operations(), ids=str)
class TestApi:
    def test_an_anonymous_request_gets_401(self, operation: Operation, ids: Ids, alice: User) -> None:
        before = rows_of(alice)
        response = _send(ApiClient(Client(), {}), operation, ids)
        if str(operation) not in PUBLIC_OPERATIONS:
            assert response.status == 401
        assert SECRET not in str(response.body)
        assert rows_of(alice) == before

    def test_another_user_gets_404_or_their_own_rows(
        self, operation: Operation, ids: Ids, alice: User, mallory: User, api_of: Callable[[User], ApiClient]
    ) -> None:
        before = rows_of(alice)
        response = _send(api_of(mallory), operation, ids)
        assert response.status < 500
        assert SECRET not in str(response.body)
        if set(operation.path_names) & set(ids):
            assert response.status == 404
        elif set(operation.body_names) & set(ids):
            items = response.body.get("items")
            assert response.status in (404, 422) or (str(operation) in FILTERS and items == [])
        assert rows_of(alice) == before


@pytest.mark.parametrize("url", admin_pages(), ids=lambda url: url.route)
def test_the_admin_is_for_staff_only(url: SiteUrl, mallory: User, client_of: Callable[[User], Client]) -> None:
    path = url.path(_AnyValue())
    for browser in (Client(), client_of(mallory)):
        response = browser.get(path)
        if url.name not in ("admin:login", "admin:jsi18n"):
            assert response.status_code in (302, 403, 404)
            assert response.headers.get("Location", "/admin/").startswith("/admin/")


class _AnyValue(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "1"


def _path_values(ids: Ids) -> dict[str, object]:
    return {**VALUES, **ids, "kind": "json", "key": "x", "uidb36": "1"}


def _send(client: ApiClient, operation: Operation, ids: Ids) -> Any:
    """Send the operation with Alice's ids. Raises KeyError for a name without a value in this module."""
    values = {**VALUES, **ids}
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", str(values[name]))
    query = {name: values[name] for name in operation.query_names if name not in OPTIONAL}
    body = {name: values[name] for name in operation.body_names if name not in OPTIONAL}
    return client._send(operation.method, path, body if operation.body_names else None, query)
