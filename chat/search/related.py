"""Conversations about the same subject as another conversation."""

from dataclasses import dataclass
from uuid import UUID

from base.errors import MemoryLoopError
from base.logs.outages import log_failure
from chat.models import Conversation, Message, Role
from search.queries import nearest

MAX_QUESTIONS, MAX_NEIGHBORS = 3, 30
MAX_QUESTION_LENGTH = 1_000  # characters
# Cosine similarity below which a neighbor is unrelated. With the built-in model, 66 % of the relevant texts of the
# Cranfield collection are above it, and 18 % of the others, which are all about one narrow field. With 0.45 it is 39 %
# and 4 %.
MIN_SIMILARITY = 0.35


@dataclass(frozen=True)
class RelatedConversation:
    """`score` is the cosine similarity of the two nearest messages."""

    conversation: Conversation
    score: float


def related_conversations(conversation: Conversation, *, limit: int = 5) -> list[RelatedConversation]:
    """The owner's other conversations nearest in meaning to the last questions of this one, best first.

    Empty while the index or the embedding model is unavailable, because the page is useful without them.
    """
    questions = conversation.messages.current().filter(role=Role.USER).order_by("-created_at")[:MAX_QUESTIONS]
    texts = [content[:MAX_QUESTION_LENGTH] for content in questions.values_list("content", flat=True)]
    if not texts:
        return []
    try:
        neighbors = nearest(owner_id=conversation.owner_id, table="messages", texts=texts, limit=MAX_NEIGHBORS)
    except MemoryLoopError as error:
        log_failure("Related conversations are not shown", error)
        return []
    scores = {hit.entity_id: hit.score for hits in neighbors for hit in hits if hit.score >= MIN_SIMILARITY}
    return _ranked(conversation, scores)[:limit]


def _ranked(conversation: Conversation, scores: dict[UUID, float]) -> list[RelatedConversation]:
    others = Message.objects.alive().filter(owner=conversation.owner_id).exclude(conversation=conversation)
    best: dict[UUID, RelatedConversation] = {}
    for message in others.filter(pk__in=scores).select_related("conversation"):
        score = scores[message.pk]
        known = best.get(message.conversation_id)
        if known is None or score > known.score:
            best[message.conversation_id] = RelatedConversation(message.conversation, score)
    return sorted(best.values(), key=lambda related: -related.score)
