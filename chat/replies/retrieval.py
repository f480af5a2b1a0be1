"""What a person said before that may help with what they ask now."""

import logging
from dataclasses import dataclass
from typing import TypedDict

from chat.models import Message
from chat.replies.prompts import MEMORY_TOKENS, Remembered
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.queries import Hit, Mode, find

logger = logging.getLogger(__name__)

LOOKED_AT, USED = 24, 6  # hits
LONGEST_QUESTION, LONGEST_EXCERPT = 2_000, 300  # characters
# Scores are normalised per question; what lies below is there only because something had to be.
LEAST_SCORE = 0.35


class Citation(TypedDict):
    number: int
    message_id: str
    conversation_id: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class Recollection:
    """A piece of memory as the prompt quotes it, with the message that it comes from."""

    piece: Remembered
    source: Message

    def cited_as(self, number: int) -> Citation:
        return Citation(
            number=number,
            message_id=str(self.source.pk),
            conversation_id=str(self.source.conversation_id),
            title=self.piece.title,
            excerpt=self.piece.text[:LONGEST_EXCERPT],
        )


def recollect(question: Message) -> list[Recollection]:
    """The owner's messages outside of this conversation that answer the question best, within the prompt's budget.

    Nothing when search can't answer now: a reply without memory is better than none.
    """
    try:
        findings = find(
            owner_id=question.owner_id,
            table="messages",
            query=question.content[:LONGEST_QUESTION],
            mode=Mode.HYBRID,
            limit=LOOKED_AT,
        )
    except (EmbedderUnavailable, IndexUnavailable) as error:
        logger.warning("A reply goes without memory: %s", error)
        return []
    return _within_budget(_with_sources([hit for hit in findings.hits if hit.score >= LEAST_SCORE], question))


def _with_sources(hits: list[Hit], question: Message) -> list[Recollection]:
    found = Message.objects.alive().filter(owner_id=question.owner_id).select_related("conversation")
    # What was said in this conversation stands in the prompt as it was said.
    found = found.exclude(conversation_id=question.conversation_id)
    sources = found.in_bulk([hit.entity_id for hit in hits])
    known = [(hit, sources[hit.entity_id]) for hit in hits if hit.entity_id in sources]
    return [Recollection(Remembered(_title(source), hit.text), source) for hit, source in known]


def _title(source: Message) -> str:
    return f"{source.conversation}, {source.created_at:%Y-%m-%d}"


def _within_budget(recollections: list[Recollection]) -> list[Recollection]:
    chosen: list[Recollection] = []
    left = MEMORY_TOKENS
    for recollection in recollections:
        if recollection.piece.tokens <= left and len(chosen) < USED:
            chosen.append(recollection)
            left -= recollection.piece.tokens
    return chosen
