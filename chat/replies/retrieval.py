"""Retrieval for a reply: messages of the user's other conversations that may help to answer the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from base.logs.outages import log_failure
from chat.models import Message
from chat.replies.prompts import CONTEXT_TOKENS, ContextExtract
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.queries import Hit, Mode, find

MAX_HITS, MAX_EXTRACTS = 24, 6
MAX_QUESTION_LENGTH, MAX_EXCERPT_LENGTH = 2_000, 300  # characters
# Scores are normalized per question, so the best hit always scores high; hits below this are rarely related.
MIN_SCORE = 0.35


class Citation(TypedDict):
    number: int
    message_id: str
    conversation_id: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class RetrievedMessage:
    """A message of another conversation, and the extract of it that the prompt quotes."""

    extract: ContextExtract
    source: Message

    def cited_as(self, number: int) -> Citation:
        return Citation(
            number=number,
            message_id=str(self.source.pk),
            conversation_id=str(self.source.conversation_id),
            title=self.extract.title,
            excerpt=self.extract.text[:MAX_EXCERPT_LENGTH],
        )


def retrieve_context(question: Message) -> list[RetrievedMessage]:
    """The messages of the owner's other conversations that answer the question best, within the prompt's budget.

    Empty while search is unavailable: a reply without context is better than none.
    """
    try:
        result = find(
            owner_id=question.owner_id,
            table="messages",
            query=question.content[:MAX_QUESTION_LENGTH],
            mode=Mode.HYBRID,
            limit=MAX_HITS,
        )
    except (EmbedderUnavailable, IndexUnavailable) as error:
        log_failure("Nothing is retrieved for a reply", error)
        return []
    return _within_budget(_with_sources([hit for hit in result.hits if hit.score >= MIN_SCORE], question))


def _with_sources(hits: Sequence[Hit], question: Message) -> list[RetrievedMessage]:
    # The prompt already has the messages of this conversation.
    others = Message.objects.alive().filter(owner_id=question.owner_id).exclude(conversation=question.conversation_id)
    sources = others.select_related("conversation").in_bulk([hit.entity_id for hit in hits])
    found = [(hit, sources[hit.entity_id]) for hit in hits if hit.entity_id in sources]
    return [RetrievedMessage(ContextExtract(_title(source), hit.text), source) for hit, source in found]


def _title(source: Message) -> str:
    return f"{source.conversation}, {source.created_at:%Y-%m-%d}"


def _within_budget(retrieved: Sequence[RetrievedMessage]) -> list[RetrievedMessage]:
    chosen: list[RetrievedMessage] = []
    remaining = CONTEXT_TOKENS
    for message in retrieved:
        if message.extract.tokens <= remaining and len(chosen) < MAX_EXTRACTS:
            chosen.append(message)
            remaining -= message.extract.tokens
    return chosen
