"""Finding a person's own messages by words and meaning, ready to be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import User
from base.html.highlighting import highlight
from chat.models import Message, MessageStatus, Role
from chat.queries import with_cards
from search.queries import Filter, Findings, Hit, Mode, find

SNIPPET, BEFORE_MATCH, LONGEST_WORD = 320, 100, 40  # characters
MOST_WORDS = 20


@dataclass(frozen=True)
class Found:
    """One message that was found; `highlight` is safe HTML, `score` lies between 0 and 1."""

    message: Message
    score: float
    highlight: SafeString


@dataclass(frozen=True)
class Results:
    """Best first; `notice` says what this search could not do."""

    items: list[Found]
    notice: str | None = None


@dataclass(frozen=True)
class Narrowing:
    """What a search is narrowed to; `after` is the first moment that counts, `before` the first that doesn't."""

    role: Role | None = None
    conversation_id: UUID | None = None
    after: datetime | None = None
    before: datetime | None = None

    def filters(self) -> list[Filter]:
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


def search_messages(
    *, owner: User, query: str, mode: Mode = Mode.HYBRID, narrowing: Narrowing | None = None, limit: int = 20
) -> Results:
    """The owner's messages that fit the query; without an index by their words only, and the notice says so."""
    narrowing = narrowing or Narrowing()
    findings = find(
        owner_id=owner.pk, table="messages", query=query, mode=mode, filters=narrowing.filters(), limit=limit
    )
    if findings.notice and not findings.hits:
        findings = Findings(_by_words(owner, query, narrowing, limit), findings.notice)
    return Results(_hydrated(owner, findings.hits, words_of(query)), findings.notice)


def words_of(query: str) -> list[str]:
    return re.findall(r"\w+", query)[:MOST_WORDS]


def snippet(text: str, words: Sequence[str]) -> str:
    """A piece of the text around the first of the words, cut at spaces."""
    text = " ".join(text.split())
    lowered = text.lower()
    places = [place for word in words if (place := lowered.find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - BEFORE_MATCH)
    if start:
        start = text.find(" ", start, start + LONGEST_WORD) + 1 or start
    end = start + SNIPPET
    if end < len(text):
        end = max(text.rfind(" ", end - LONGEST_WORD, end), end - LONGEST_WORD)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _hydrated(owner: User, hits: Sequence[Hit], words: Sequence[str]) -> list[Found]:
    alive = with_cards(owner.messages.alive().select_related("conversation"))
    messages = alive.in_bulk([hit.entity_id for hit in hits])
    return [
        Found(messages[hit.entity_id], hit.score, highlight(snippet(hit.text, words), words))
        for hit in hits
        if hit.entity_id in messages
    ]


def _by_words(owner: User, query: str, narrowing: Narrowing, limit: int) -> list[Hit]:
    found = owner.messages.alive().exclude(status=MessageStatus.GENERATING)
    filters = {
        "role": narrowing.role,
        "conversation_id": narrowing.conversation_id,
        "created_at__gte": narrowing.after,
        "created_at__lt": narrowing.before,
    }
    found = found.filter(**{name: value for name, value in filters.items() if value is not None})
    for word in words_of(query):
        found = found.filter(content__icontains=word)
    return [Hit(message.pk, 1.0, message.content) for message in found.order_by("-created_at", "-id")[:limit]]
