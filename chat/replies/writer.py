"""How a worker writes a reply, from the claim to the end."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from time import monotonic
from typing import cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from base.connections import release_connection
from base.errors import MemoryLoopError
from base.postgresql.acting import acting_for
from base.text import storable
from chat.errors import AnswerTooLong, EmptyAnswer
from chat.metrics import FIRST_WORD
from chat.models import Message, MessageStatus, Role
from chat.replies import buffer
from chat.replies.context import Piece, StoredPiece, number_pieces, stored_context
from chat.replies.flusher import FLUSHER, ActiveReply
from chat.replies.lifecycle import REPLIES, finish_reply
from chat.replies.prompts import HISTORY_TOKENS, ContextExtract, build_prompt, recent
from chat.replies.retrieval import retrieve_context
from chat.subjects.prompting import goal_section
from providers.gateway import provider_for
from providers.types import Prompt, Turn

logger = logging.getLogger(__name__)

# The earlier messages of a longer conversation would not fit into any prompt, so they are not read.
MAX_MESSAGES_READ = 200


def write_reply(*, reply_id: UUID) -> None:
    """Write the whole reply, unless another worker has claimed it. It ends complete, stopped or failed."""
    reply = REPLIES.claim(reply_id, "conversation", "owner")
    if reply is not None:
        with acting_for(reply.owner_id):
            _write(reply)


def _write(reply: Message) -> None:
    if reply.content:  # a continued reply: the stream of its first run has other offsets
        buffer.clear(reply.pk)
    active = ActiveReply(reply.pk, reply.content)
    with _flushed(active):
        status, error = _outcome(reply, active)
    active.take()
    if active.ended:
        return
    finish_reply(reply_id=reply.pk, status=status, content=active.text, error=error)


@contextmanager
def _flushed(active: ActiveReply) -> Iterator[None]:
    """Have the flusher write the text out and renew the heartbeat, from before the first slow step."""
    FLUSHER.add(active)
    try:
        yield
    finally:
        FLUSHER.remove(active)


def _outcome(reply: Message, active: ActiveReply) -> tuple[MessageStatus, dict[str, str] | None]:
    try:
        _stream(reply, active)
    except MemoryLoopError as error:
        return MessageStatus.FAILED, {"code": error.code, "detail": error.detail}
    except Exception:
        logger.exception("A reply failed.")
        return MessageStatus.FAILED, {"code": "internal", "detail": _("Something went wrong on the server. Try again.")}
    return (MessageStatus.STOPPED if active.stopped.is_set() else MessageStatus.COMPLETE), None


def _stream(reply: Message, active: ActiveReply) -> None:
    began = monotonic()
    prompt = _prompt_for(reply, active)
    provider = provider_for(owner=reply.owner, name=reply.provider)
    # The answer may take minutes, and the pool has fewer connections than there are replies.
    release_connection()
    # `closing` also closes the connection to the model, which would otherwise go on writing after a stop.
    left = max(0, settings.MAX_REPLY_LENGTH - len(active.text))
    with closing(provider.stream(prompt=prompt, model=reply.model)) as texts:
        for text in texts:
            if active.stopped.is_set():
                return
            if text[:left] and active.append(storable(text[:left])) and not active.text:
                FLUSHER.publish_now()
                _note_first_word(reply, monotonic() - began)
            left -= len(text)
            if left < 0:
                logger.warning("Reply %s was cut at MAX_REPLY_LENGTH", reply.pk)
                raise AnswerTooLong
    if not active.text.strip() and active.take() is None:
        raise EmptyAnswer


def _note_first_word(reply: Message, seconds: float) -> None:
    """`seconds` have passed since the claim. To ask PostgreSQL for the time would take a connection again."""
    claimed_at = cast(datetime, reply.heartbeat_at)
    FIRST_WORD.labels(reply.provider).observe((claimed_at - reply.created_at).total_seconds() + seconds)


def _prompt_for(reply: Message, active: ActiveReply) -> Prompt:
    before = reply.conversation.messages.current().filter(created_at__lt=reply.created_at).defer("context", "citations")
    history = list(before.order_by("-created_at", "-id")[:MAX_MESSAGES_READ])[::-1]
    # What is forgotten is used no more, but a forgotten question still gets its answer.
    rows = [row for row in history if row.content and (not row.forgotten or row.pk == reply.in_reply_to_id)]
    turns = [Turn("user" if row.role == Role.USER else "assistant", row.content) for row in rows]
    pieces: list[Piece] = []
    if reply.conversation.use_memory and rows:
        in_prompt = rows[-len(recent(turns, HISTORY_TOKENS)) :]
        pieces = retrieve_context(rows, in_prompt=[row.pk for row in in_prompt])
    extracts = _give(reply, pieces)
    goal = goal_section(reply.conversation, at=timezone.now())
    return build_prompt(turns=turns, extracts=extracts, goal=goal, written_so_far=active.text)


def _give(reply: Message, pieces: Sequence[Piece]) -> dict[int, ContextExtract]:
    """Store the pieces as the context of the reply, before its text streams. Returns their extracts by number."""
    earlier: list[StoredPiece] = reply.context if reply.content else []
    numbered = number_pieces(pieces, earlier=earlier)
    context = stored_context(numbered, earlier=earlier)
    if context != reply.context:
        Message.objects.filter(pk=reply.pk).update(context=context)
    return {number: piece.extract for number, piece in numbered.items()}
