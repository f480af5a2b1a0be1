"""The broker accepts connections and never answers. No page and no endpoint that enqueues a task waits for it."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation, LeftOutPiece, Message, MessageStatus, Role
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from flashcards.models import Card, CardStatus
from goals.models import Goal, SkillNode, SkillTree, TreeRun, TreeStatus
from memories.models import ConversationProject, Memory, Project
from passages.models import RememberedPassage
from quiz.models import Review, ReviewSettings
from search.models import OutboxEntry
from tests.factories import (
    ApiTokenFactory,
    CardFactory,
    ConversationFactory,
    GenerationBatchFactory,
    GenerationFactory,
    GoalFactory,
    LeftOutPieceFactory,
    MemoryFactory,
    MessageFactory,
    PassageFactory,
    SkillNodeFactory,
    SkillTreeFactory,
    TreeRunFactory,
    reply_pieces,
)
from tests.processes import Site, start_site
from tests.site_urls import operations
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TIMEOUT = 10.0  # seconds; a request that waited for this broker would take more than a minute
NOTE = "Mitochondria make ATP. Chlorophyll absorbs light. Osmosis moves water through a membrane."
TOKEN = "ml_silent-broker"


@dataclass
class SilentServer:
    """A TCP server that keeps every connection open and never sends a byte."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=1000))
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"

    def accept(self) -> None:
        while True:
            try:
                self.connections.append(self.listener.accept()[0])
            except OSError:  # closed
                return


@pytest.fixture
def broker() -> Iterator[SilentServer]:
    server = SilentServer()
    thread = Thread(target=server.accept, daemon=True)
    thread.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    for connection in server.connections:
        connection.close()
    thread.join(TIMEOUT)


@pytest.fixture
def site(transactional_db: None, broker: SilentServer, tmp_path: Path) -> Iterator[Site]:
    running = start_site(tmp_path / "web.log", REDIS_URL=broker.url, DEBUG="true")
    yield running
    running.kill()


@pytest.fixture
def browser(alice: User, site: Site, client_of: Callable[[User], Client]) -> requests.Session:
    """A session that is signed in with a cookie, as a browser is."""
    session = requests.Session()
    session.cookies.update({"sessionid": client_of(alice).cookies["sessionid"].value, "csrftoken": "a" * 32})
    session.headers["X-CSRFToken"] = "a" * 32
    return session


@pytest.fixture
def program(alice: User, site: Site) -> requests.Session:
    session = requests.Session()
    ApiTokenFactory(owner=alice, token=TOKEN)
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    return session


def conversation_with_reply(owner: User, status: MessageStatus) -> tuple[Conversation, Message]:
    conversation = ConversationFactory(owner=owner)
    MessageFactory(conversation=conversation, content=NOTE)
    return conversation, MessageFactory(conversation=conversation, role=Role.ASSISTANT, status=status, content=NOTE)


@pytest.fixture
def rows(alice: User, goal_rows: dict[str, Any], memory_rows: dict[str, Any]) -> dict[str, Any]:
    """The keys of Alice's rows, by the names in the URLs and bodies below."""
    conversation, complete = conversation_with_reply(alice, MessageStatus.COMPLETE)
    _, stopped = conversation_with_reply(alice, MessageStatus.STOPPED)
    _, running = conversation_with_reply(alice, MessageStatus.GENERATING)
    generation = GenerationFactory(owner=alice)
    draft = CardFactory(owner=alice, generation=generation, status=CardStatus.DRAFT)
    read, with_memory = conversation_with_reply(alice, MessageStatus.COMPLETE)
    Message.objects.filter(pk=with_memory.pk).update(context=reply_pieces(alice, NOTE))
    return {
        **goal_rows,
        "read": with_memory.pk,
        "left_out": LeftOutPieceFactory(conversation=read).pk,
        "passage": PassageFactory(owner=alice).pk,
        "conversation": conversation.pk,
        "complete": complete.pk,
        "stopped": stopped.pk,
        "running": running.pk,
        "generation": generation.pk,
        "draft": draft.pk,
        "card": CardFactory(owner=alice).pk,
        "other": CardFactory(owner=alice).pk,
        "idle": ConversationFactory(owner=alice).pk,
        **memory_rows,
    }


@pytest.fixture
def memory_rows(alice: User) -> dict[str, Any]:
    """Memories of two projects, and one that was deleted."""
    memory = MemoryFactory(project__owner=alice)
    deleted = MemoryFactory(project=memory.project, deleted_at=timezone.now())
    emptied = MemoryFactory(project__owner=alice, project__name="Emptied").project
    return {
        **{"memory": memory.pk, "project": memory.project_id, "emptied": emptied.pk},
        "deleted_at": deleted.deleted_at.isoformat(),
    }


@pytest.fixture
def goal_rows(alice: User) -> dict[str, Any]:
    """Goals with and without trees, proposals and runs, and the batches of one of them."""
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Chemistry", title="Cells", description=NOTE)
    proposals = [
        SkillNodeFactory(tree__goal__owner=alice, tree__goal__title=title, tree__status=TreeStatus.PROPOSED).tree
        for title in ("Cello", "Physics")
    ]
    batches = {
        name: GenerationBatchFactory(goal__owner=alice, goal__title=name, status=status)
        for name, status in {"Swim": BatchStatus.RUNNING, "Bake": BatchStatus.CANCELED}.items()
    }
    for batch in batches.values():
        tree = SkillTreeFactory(goal=batch.goal)
        ended = {"status": GenerationStatus.RUNNING if batch.status == BatchStatus.RUNNING else BatchStatus.CANCELED}
        GenerationFactory(owner=alice, batch=batch, skill=SkillNodeFactory(tree=tree, description=NOTE), **ended)
    run = TreeRunFactory(goal__owner=alice, goal__title="Ride a horse")
    return {
        **{"goal": skill.tree.goal_id, "skill": skill.pk, "bare": GoalFactory(owner=alice, title="Read Latin").pk},
        **{"source": GoalFactory(owner=alice, title="Draw").pk, "old": GoalFactory(owner=alice, title="Sing").pk},
        **{"proposed": proposals[0].goal_id, "refused": proposals[1].goal_id},
        **{"running_batch": batches["Swim"].pk, "canceled_batch": batches["Bake"].pk},
        **{"run": run.pk, "run_goal": run.goal_id},
    }


RATING = {"rating": 3, "reps": 0, "duration_ms": 1000}
SETTINGS = {
    **{"desired_retention": 0.85, "new_per_day": 5, "reviews_per_day": 50, "learning_steps": "1m 10m"},
    **{"relearning_steps": "10m", "maximum_interval": 100, "day_start_hour": 3, "time_zone": "UTC"},
    "leech_threshold": 8,
}

# The name of the URL, the name of the row in it, the form, and the models whose rows must have changed afterwards.
Post = tuple[str, str, dict[str, Any], tuple[type[Model], ...]]
PAGES: list[Post] = [
    ("chat:message-send", "idle", {"content": "What is osmosis?"}, (Message, OutboxEntry)),
    ("chat:conversation-open", "", {"content": "What is a cell?"}, (Conversation, Message, OutboxEntry)),
    ("chat:message-stop", "running", {}, (Message, OutboxEntry)),
    ("chat:message-continue", "stopped", {}, (Message,)),
    ("chat:message-regenerate", "complete", {}, (Message,)),
    ("chat:message-forget", "read", {}, (Message, OutboxEntry)),
    ("chat:message-remember", "read", {}, (Message, OutboxEntry)),
    ("chat:piece-use-again", "left_out", {}, (LeftOutPiece,)),
    ("passages:passage-delete", "passage", {}, (RememberedPassage, OutboxEntry)),
    ("passages:passage-restore", "passage", {}, (RememberedPassage, OutboxEntry)),
    ("chat:conversation-change", "conversation", {"title": "Cells"}, (Conversation,)),
    ("chat:conversation-delete", "conversation", {}, (Conversation, OutboxEntry)),
    ("chat:conversation-restore", "conversation", {}, (Conversation, OutboxEntry)),
    ("flashcards:generation-create", "", {"text": NOTE}, (Generation,)),
    ("flashcards:generation-decide", "generation", {"rest": "accept"}, (Card, OutboxEntry)),
    ("flashcards:card-create", "", {"question": "A?", "answer": "B", "kind": "basic"}, (Card, OutboxEntry)),
    ("flashcards:card-edit", "card", {"question": "C?", "answer": "D"}, (Card, OutboxEntry)),
    ("flashcards:card-change", "", {"card": "other", "action": "suspend"}, (Card, OutboxEntry)),
    ("flashcards:card-delete", "other", {}, (Card, OutboxEntry)),
    ("flashcards:card-restore", "", {}, (Card, OutboxEntry)),
    ("quiz:card-suspend", "card", {}, (Card, OutboxEntry)),
    ("quiz:card-return", "card", {}, (Card, OutboxEntry)),
    ("quiz:card-bury", "card", {}, (Card, OutboxEntry)),
    ("quiz:card-return", "card", {}, (Card, OutboxEntry)),
    ("quiz:card-rate", "card", RATING, (Card, Review, OutboxEntry)),
    ("quiz:review-undo", "", {}, (Card, Review, OutboxEntry)),
    ("quiz:settings", "", SETTINGS, (ReviewSettings,)),
]

# The method, the path with the name of a row, the body, and the models whose rows must have changed afterwards.
Call = tuple[str, str, dict[str, Any] | None, tuple[type[Model], ...]]
CALLS: list[Call] = [
    ("POST", "/chat/conversations", {"title": "New"}, (Conversation,)),
    ("POST", "/chat/conversations/{idle}/messages", {"content": "What is osmosis?"}, (Message, OutboxEntry)),
    ("POST", "/chat/messages/{running}/stop", None, (Message, OutboxEntry)),
    ("POST", "/chat/messages/{stopped}/continue", None, (Message,)),
    ("POST", "/chat/messages/{complete}/regenerate", {}, (Message,)),
    ("PATCH", "/chat/messages/{read}", {"forgotten": True}, (Message, OutboxEntry)),
    ("POST", "/chat/messages/{read}/context/left-out", {"number": 1}, (LeftOutPiece,)),
    ("DELETE", "/chat/left-out/{left_out}", None, (LeftOutPiece,)),
    ("POST", "/passages", {"message_id": "{read}"}, (RememberedPassage, OutboxEntry)),
    ("DELETE", "/passages/{passage}", None, (RememberedPassage, OutboxEntry)),
    ("PATCH", "/chat/conversations/{conversation}", {"title": "Cells"}, (Conversation,)),
    ("DELETE", "/chat/conversations/{conversation}", None, (Conversation, OutboxEntry)),
    ("POST", "/flashcards/generate", {"text": NOTE}, (Generation,)),
    ("POST", "/flashcards/generations/{generation}/accept", {"accept": ["{draft}"]}, (Card, OutboxEntry)),
    ("POST", "/flashcards", {"question": "A?", "answer": "B"}, (Card, OutboxEntry)),
    ("PATCH", "/flashcards/{card}", {"question": "C?"}, (Card, OutboxEntry)),
    ("POST", "/flashcards/{card}/suspend", None, (Card, OutboxEntry)),
    ("POST", "/flashcards/{card}/unsuspend", None, (Card, OutboxEntry)),
    ("POST", "/flashcards/{card}/bury", None, (Card, OutboxEntry)),
    ("POST", "/flashcards/{card}/reset", None, (Card, OutboxEntry)),
    ("POST", "/quiz/rate", {"card_id": "{other}", **RATING}, (Card, Review, OutboxEntry)),
    ("POST", "/quiz/undo", None, (Card, Review, OutboxEntry)),
    ("DELETE", "/flashcards/{other}", None, (Card, OutboxEntry)),
    ("PATCH", "/quiz/settings", {"new_per_day": 5}, (ReviewSettings,)),
    ("POST", "/goals", {"title": "Juggle"}, (Goal, OutboxEntry)),
    ("PATCH", "/goals/{bare}", {"description": "For school"}, (Goal, OutboxEntry)),
    ("PUT", "/goals/{bare}", {"title": "Read Latin aloud"}, (Goal, OutboxEntry)),
    ("POST", "/goals/{goal}/merge", {"goal_id": "{source}"}, (Goal, OutboxEntry)),
    ("DELETE", "/goals/{old}", None, (Goal, OutboxEntry)),
    ("POST", "/goals/{bare}/skill-tree", {}, (TreeRun,)),
    ("POST", "/goals/{run_goal}/skill-tree/runs/{run}/cancel", None, (TreeRun,)),
    ("POST", "/goals/{proposed}/skill-tree/proposal/accept", {}, (SkillTree,)),
    ("DELETE", "/goals/{refused}/skill-tree/proposal", None, (SkillTree,)),
    ("POST", "/skill-nodes", {"goal_id": "{goal}", "title": "Atoms"}, (SkillNode,)),
    ("PATCH", "/skill-nodes/{skill}", {"title": "Living cells"}, (SkillNode,)),
    ("POST", "/skill-nodes/{skill}/known", None, (SkillNode,)),
    ("DELETE", "/skill-nodes/{skill}/known", None, (SkillNode,)),
    ("DELETE", "/skill-nodes/{skill}", None, (SkillNode,)),
    ("POST", "/skill-nodes/{skill}/restore", None, (SkillNode,)),
    ("POST", "/flashcards/batches", {"goal_id": "{goal}"}, (GenerationBatch, Generation)),
    ("POST", "/flashcards/batches/{running_batch}/cancel", None, (GenerationBatch, Generation)),
    ("POST", "/flashcards/batches/{canceled_batch}/resume", None, (GenerationBatch, Generation)),
    ("PUT", "/goals/{goal}/skill-tree", {"nodes": []}, (SkillNode,)),
    ("POST", "/memories/projects", {"name": "Fresh"}, (Project,)),
    ("PATCH", "/memories/projects/{project}", {"description": "For school"}, (Project,)),
    ("PUT", "/chat/conversations/{idle}/projects/{project}", {"used": True}, (ConversationProject,)),
    ("POST", "/memories", {"project": "Fresh", "data": {"note": NOTE}}, (Memory, Project, OutboxEntry)),
    ("POST", "/memories/bulk", {"project": "Fresh", "data": {"note": "Two"}}, (Memory, Project, OutboxEntry)),
    ("PATCH", "/memories/{memory}", {"task": "learn"}, (Memory, OutboxEntry)),
    ("POST", "/memories/restore", {"deleted_at": "{deleted_at}"}, (Memory, Project, OutboxEntry)),
    ("DELETE", "/memories/{memory}", None, (Memory, Project, OutboxEntry)),
    ("DELETE", "/memories?project=Emptied", None, (Memory, Project, OutboxEntry)),
    ("DELETE", "/memories/projects/{emptied}", None, (Project,)),
]


# Accounts and keys have no tasks, a search writes nothing, and `study` is an alias of `quiz`.
NEVER_ENQUEUE = ("/auth/", "/settings/", "/messages/search", "/memories/search", "/search", "/study/")


def test_no_page_waits_for_the_broker(
    alice: User, site: Site, browser: requests.Session, broker: SilentServer, rows: dict[str, Any]
) -> None:
    for name, row, form, changed in PAGES:
        url = site.url + reverse(name, args=[rows[row]] if row else [])
        if name == "flashcards:card-restore":
            url += f"?card={rows['other']}"
        body = {**form, "review_id": uuid4(), **({"card": rows[form["card"]]} if "card" in form else {})}
        before = state_of(alice)
        response = browser.post(url, body, timeout=TIMEOUT)  # follows the redirect, so that the next page is read too
        assert response.status_code == 200, f"{name}: {response.status_code}"
        assert_changed(name, before, state_of(alice), changed)
    assert wait_until(lambda: broker.connections)


def test_no_endpoint_waits_for_the_broker(
    alice: User, site: Site, program: requests.Session, broker: SilentServer, rows: dict[str, Any]
) -> None:
    for method, path, template, changed in CALLS:
        body = None if template is None else with_keys(template, rows)
        if path == "/quiz/rate" and body:
            body["review_id"] = str(uuid4())
        before = state_of(alice)
        content_type = "application/x-ndjson" if path == "/memories/bulk" else "application/json"
        response = program.request(
            method,
            f"{site.url}/api{path.format(**rows)}",
            data=None if body is None else json.dumps(body),
            headers={} if body is None else {"Content-Type": content_type},
            timeout=TIMEOUT,
        )
        assert response.ok, f"{method} {path}: {response.text}"
        assert_changed(f"{method} {path}", before, state_of(alice), changed)
    assert wait_until(lambda: broker.connections)


def test_every_endpoint_that_changes_something_is_in_the_list() -> None:
    paths = [(method, path.partition("?")[0]) for method, path, _body, _changed in CALLS]
    tested = {f"{method} {re.sub(r'{.*?}', '{}', path)}" for method, path in paths}
    changing = {re.sub(r"{.*?}", "{}", str(operation)) for operation in operations() if operation.method != "GET"}
    assert {name for name in changing - tested if not name.split()[1].startswith(NEVER_ENQUEUE)} == set()


def with_keys(template: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    """The template of a body with `{name}` replaced by the key of that row."""

    def replace(value: Any) -> Any:
        if isinstance(value, list):
            return [replace(item) for item in value]
        return value.format(**rows) if isinstance(value, str) else value

    return {name: replace(value) for name, value in template.items()}


MODELS: tuple[type[Model], ...] = (
    *(Conversation, Message, LeftOutPiece, RememberedPassage),
    *(Card, Generation, GenerationBatch, Review, ReviewSettings, OutboxEntry),
    *(Goal, SkillTree, SkillNode, TreeRun),
    *(Project, Memory, ConversationProject),
)


def state_of(owner: User) -> dict[type[Model], list[dict[str, Any]]]:
    return {model: list(model._default_manager.filter(owner_id=owner.pk).order_by("pk").values()) for model in MODELS}


def assert_changed(name: str, before: Any, after: Any, changed: tuple[type[Model], ...]) -> None:
    assert [model for model in changed if before[model] == after[model]] == [], name
