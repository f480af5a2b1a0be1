"""Conversations about the same subject as another conversation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from base.errors import MemoryLoopError
from base.logs.outages import log_failure
from chat.models import Conversation, Message, Role
from search.queries import Hit, Mode, find, words

MAX_EXCHANGES, MAX_MESSAGES = 3, 12  # of the end of the conversation
MAX_EXCHANGE_LENGTH = 1_500  # characters; the search uses the words that tell most
MAX_HITS = 60
# The least score of a related conversation. `bench/related.py`, English: of 119 conversations that are shown 99 % are
# about the same field, every conversation has one, and 95 % have none when no other is about their field.
MIN_SCORE = 0.14


@dataclass(frozen=True)
class RelatedConversation:
    """`score` is between 0 and 1: the mean over the last exchanges of the score of the best message for each."""

    conversation: Conversation
    score: float


def related_conversations(conversation: Conversation, *, limit: int = 5) -> list[RelatedConversation]:
    """The owner's other conversations about what was said last in this one, best first, without copies.

    Empty while the index or the embedding model is unavailable, because the page is useful without them.
    """
    exchanges = _last_exchanges(conversation)
    own = list(conversation.messages.values_list("pk", flat=True))
    found: list[list[Hit]] = []
    for exchange in exchanges:
        try:
            hits = _hits(conversation.owner_id, exchange, own)
        except MemoryLoopError as error:
            log_failure("Related conversations are not shown", error)
            return []
        if hits is None:
            return []
        found.append(hits)
    copies = _copies_of(conversation, [exchange.question for exchange in exchanges])
    return _ranked(conversation, found, copies)[:limit]


@dataclass(frozen=True)
class _Exchange:
    """A question with what was answered. The question alone tells the subject less well."""

    question: str
    answers: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join((self.question, *self.answers))[:MAX_EXCHANGE_LENGTH]


def _last_exchanges(conversation: Conversation) -> list[_Exchange]:
    newest_first = conversation.messages.remembered().order_by("-created_at", "-id")[:MAX_MESSAGES]
    exchanges: list[_Exchange] = []
    for role, content in reversed(newest_first.values_list("role", "content")):
        if role == Role.USER:
            exchanges.append(_Exchange(content))
        elif exchanges:
            exchanges[-1] = _Exchange(exchanges[-1].question, (*exchanges[-1].answers, content))
    return exchanges[-MAX_EXCHANGES:]


def _hits(owner_id: UUID, exchange: _Exchange, own: Collection[UUID]) -> list[Hit] | None:
    """None while a part of search is unavailable, because the scores of the other part mean something else."""
    result = find(
        owner_id=owner_id,
        table="messages",
        query=exchange.text,
        mode=Mode.HYBRID,
        limit=MAX_HITS,
        operators=False,
        without=own,
    )
    return None if result.degraded else result.hits


def _copies_of(conversation: Conversation, questions: Sequence[str]) -> set[UUID]:
    """The conversations in which all of several questions occur again: there is nothing new in them.

    One question alone may be asked twice, and then the earlier answer is worth seeing.
    """
    if len(set(questions)) < 2:
        return set()
    same = Message.objects.filter(owner=conversation.owner_id, role=Role.USER, content__in=questions)
    counted = same.values("conversation").annotate(questions=Count("content", distinct=True))
    return set(counted.filter(questions=len(set(questions))).values_list("conversation", flat=True))


def _ranked(
    conversation: Conversation, found: Sequence[Sequence[Hit]], copies: Collection[UUID]
) -> list[RelatedConversation]:
    ids = {hit.entity_id for hits in found for hit in hits}
    visible = Message.objects.remembered().filter(owner=conversation.owner_id, pk__in=ids)
    others = dict(visible.exclude(conversation=conversation).values_list("pk", "conversation_id"))
    scores: dict[UUID, float] = {}
    texts: dict[UUID, str] = {}
    for hits in found:
        best: dict[UUID, Hit] = {}
        for hit in hits:  # best first
            if hit.entity_id in others:
                best.setdefault(others[hit.entity_id], hit)
        for conversation_id, hit in best.items():
            scores[conversation_id] = scores.get(conversation_id, 0.0) + hit.score / len(found)
            texts.setdefault(conversation_id, hit.text)
    chosen = [pk for pk, score in scores.items() if score >= MIN_SCORE and pk not in copies]
    chosen.sort(key=lambda pk: -scores[pk])
    conversations = Conversation.objects.alive().filter(owner=conversation.owner_id).in_bulk(chosen)
    return [
        RelatedConversation(conversations[pk], scores[pk])
        for pk in _with_different_texts(chosen, texts)
        if pk in conversations
    ]


def _with_different_texts(conversations: Iterable[UUID], texts: dict[UUID, str]) -> list[UUID]:
    """Without those whose best message an earlier one has, too, such as a chat that was imported twice."""
    kept = {tuple(words(texts[pk])): pk for pk in reversed(list(conversations))}
    return list(reversed(kept.values()))
