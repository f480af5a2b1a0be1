"""Conversations that are about the same as this one."""

import logging
from dataclasses import dataclass
from uuid import UUID

from base.errors import MemoryLoopError
from chat.models import Conversation, Message, Role
from search.queries import nearest

logger = logging.getLogger(__name__)

ASKED, PER_MESSAGE, LONGEST = 3, 30, 1_000
# Below this cosine similarity a neighbour is only the least strange of strangers. Of the Cranfield questions' relevant
# texts 66 % lie above it with the built-in model and 18 % of the others, all of one narrow field (0.45: 39 and 4 %).
LEAST_SIMILAR = 0.35


@dataclass(frozen=True)
class Related:
    """`score` is the cosine similarity of the two nearest messages."""

    conversation: Conversation
    score: float


def related_conversations(conversation: Conversation, *, limit: int = 5) -> list[Related]:
    """Other conversations of the owner nearest in meaning to the last questions of this one, best first.

    None while the index or the embedding model is away: it is an offer, not an answer.
    """
    asked = conversation.messages.filter(superseded=False, role=Role.USER).order_by("-created_at")[:ASKED]
    texts = [content[:LONGEST] for content in asked.values_list("content", flat=True)]
    if not texts:
        return []
    try:
        neighbours = nearest(owner_id=conversation.owner_id, table="messages", texts=texts, limit=PER_MESSAGE)
    except MemoryLoopError as error:
        logger.warning("No related conversations: %s", error)
        return []
    scores = {hit.entity_id: hit.score for hits in neighbours for hit in hits if hit.score >= LEAST_SIMILAR}
    return _ranked(conversation, scores)[:limit]


def _ranked(conversation: Conversation, scores: dict[UUID, float]) -> list[Related]:
    others = Message.objects.alive().filter(owner=conversation.owner_id).exclude(conversation=conversation)
    best: dict[UUID, Related] = {}
    for message in others.filter(pk__in=scores).select_related("conversation"):
        score = scores[message.pk]
        known = best.get(message.conversation_id)
        if known is None or score > known.score:
            best[message.conversation_id] = Related(message.conversation, score)
    return sorted(best.values(), key=lambda related: -related.score)
