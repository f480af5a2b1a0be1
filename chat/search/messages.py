"""Search in a user's own messages by words and by meaning, with results ready to be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from base.html.highlighting import highlight
from chat.models import Message, MessageStatus, Role
from search.queries import Filter, FindResult, Hit, Mode, find

MAX_SNIPPET_LENGTH, BEFORE_MATCH, MAX_WORD_LENGTH = 320, 100, 40  # characters
MAX_WORDS = 20


@dataclass(frozen=True)
class SearchResult:
    """A message that matches. `highlight` is safe HTML, `score` is between 0 and 1."""

    message: Message
    score: float
    highlight: SafeString


@dataclass(frozen=True)
class SearchResults:
    """Best first. `notice` says what this search could not do."""

    items: list[SearchResult]
    notice: str | None = None


@dataclass(frozen=True)
class MessageFilter:
    """Which messages a search considers: created at or after `after`, and earlier than `before`."""

    role: Role | None = None
    conversation_id: UUID | None = None
    after: datetime | None = None
    before: datetime | None = None

    def for_index(self) -> list[Filter]:
        filters = []
        if self.role:
            filters.append(Filter("role", "eq", self.role.value))
        if self.conversation_id:
            filters.append(Filter("conversation_id", "eq", self.conversation_id))
        if self.after:
            filters.append(Filter("created_at", "ge", self.after))
        if self.before:
            filters.append(Filter("created_at", "lt", self.before))
        return filters

    def for_database(self) -> dict[str, object]:
        """Keyword arguments for a query set's `filter`."""
        conditions = {
            "role": self.role,
            "conversation_id": self.conversation_id,
            "created_at__gte": self.after,
            "created_at__lt": self.before,
        }
        return {name: value for name, value in conditions.items() if value is not None}


def search_messages(
    *,
    owner: User,
    messages: QuerySet[Message],
    query: str,
    mode: Mode = Mode.HYBRID,
    matching: MessageFilter | None = None,
    limit: int = 20,
) -> SearchResults:
    """The results for the query, best first. `messages` are the messages to search; all belong to the owner.

    While the index is unavailable, PostgreSQL finds them by keywords only, and `notice` says so.
    """
    matching, messages = matching or MessageFilter(), messages.filter(forgotten_at=None)
    result = find(
        owner_id=owner.pk, table="messages", query=query, mode=mode, filters=matching.for_index(), limit=limit
    )
    if result.notice and not result.hits:
        result = FindResult(_keyword_hits(messages, query, matching, limit), result.notice)
    return SearchResults(_results(messages, result.hits, words_of(query)), result.notice)


def words_of(query: str) -> list[str]:
    return re.findall(r"\w+", query)[:MAX_WORDS]


def snippet(text: str, words: Sequence[str]) -> str:
    """An excerpt of the text around the first of the words, cut at spaces."""
    text = " ".join(text.split())
    lowered = text.lower()
    positions = [position for word in words if (position := lowered.find(word.lower())) >= 0]
    start = max(0, min(positions, default=0) - BEFORE_MATCH)
    if start:
        start = text.find(" ", start, start + MAX_WORD_LENGTH) + 1 or start
    end = start + MAX_SNIPPET_LENGTH
    if end < len(text):
        end = max(text.rfind(" ", end - MAX_WORD_LENGTH, end), end - MAX_WORD_LENGTH)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _results(messages: QuerySet[Message], hits: Sequence[Hit], words: Sequence[str]) -> list[SearchResult]:
    found = messages.select_related("conversation").in_bulk([hit.entity_id for hit in hits])
    return [
        SearchResult(found[hit.entity_id], hit.score, highlight(snippet(hit.text, words), words))
        for hit in hits
        if hit.entity_id in found
    ]


def _keyword_hits(messages: QuerySet[Message], query: str, matching: MessageFilter, limit: int) -> list[Hit]:
    found = messages.exclude(status=MessageStatus.GENERATING).filter(**matching.for_database())
    for word in words_of(query):
        found = found.filter(content__icontains=word)
    return [Hit(message.pk, 1.0, message.content) for message in found.order_by("-created_at", "-id")[:limit]]
