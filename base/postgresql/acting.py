"""For whom this code acts. PostgreSQL shows it only their rows, and refuses to write others.

It is a context variable: it follows `sync_to_async`, `async_to_sync` and asyncio's tasks, and a new thread starts with
nobody. `base.postgresql.base` tells PostgreSQL with each statement, and the policies of `base.postgresql.policies`
compare it with the owner of each row. docs/decisions/0023 has the reasons.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from uuid import UUID

from base.postgresql.roles import MAINTENANCE, SIGN_IN

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Actor:
    """A user (`owner_id`), a role that sees rows of all users, or nobody, who sees no user's rows."""

    owner_id: UUID | None = None
    role: str | None = None

    def __post_init__(self) -> None:
        # The id becomes part of a statement, so text is refused, whoever wrote it.
        if not isinstance(self.owner_id, UUID | None):
            raise TypeError(f"the id of a user is a UUID, not {self.owner_id!r}")


NOBODY = Actor()

_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def current_actor() -> Actor:
    return _actor.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


@contextmanager
def acting_for(owner_id: UUID | None) -> Iterator[None]:
    """Act for this user. None: for nobody."""
    with acting_as(Actor(owner_id=owner_id)):
        yield


@contextmanager
def acting_for_all_users(reason: str) -> Iterator[None]:
    """See and change the rows of all users, for work that has no single owner.

    `reason` is for readers. docs/row-level-security.md lists every call, and a test compares the list.
    """
    with acting_as(Actor(role=MAINTENANCE)):
        yield


@contextmanager
def acting_for_sign_in(reason: str) -> Iterator[None]:
    """See and change all users' accounts, and nothing else of theirs: it is not known yet who the visitor is.

    `reason` is for readers. docs/row-level-security.md lists every call, and a test compares the list.
    """
    with acting_as(Actor(role=SIGN_IN)):
        yield


def act_for(owner_id: UUID) -> None:
    """Act for this user until the enclosing block ends, which is that of the request."""
    _actor.set(Actor(owner_id=owner_id))


def act_for_all_users(reason: str) -> None:
    """Like `acting_for_all_users`, until the enclosing block ends, which is that of the request."""
    _actor.set(Actor(role=MAINTENANCE))


def act_for_sign_in(reason: str) -> None:
    """Like `acting_for_sign_in`, until the enclosing block ends, which is that of the request."""
    _actor.set(Actor(role=SIGN_IN))


def keep_acting(function: Callable[P, R]) -> Callable[P, R]:
    """The function, acting for whom the caller acts now. For a new thread, which would act for nobody."""
    actor = current_actor()

    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as(actor):
            return function(*args, **kwargs)

    return acting


class KeepActing(AsyncIterator[T]):
    """The items, made while acting for whom the caller acts now. For the body of a response, sent after its view."""

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items
        self._actor = current_actor()

    async def __anext__(self) -> T:
        # Set for each item, not in a generator: what a generator sets would stay set between two items.
        with acting_as(self._actor):
            return await anext(self._items)
