"""Writing a reply: the worker's side, from the claim to the last word."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

from django.utils.translation import gettext as _

from base.connections import release_connection
from base.errors import MemoryLoopError
from chat.errors import EmptyAnswer
from chat.models import Message, MessageStatus, Role
from chat.replies import buffer
from chat.replies.flusher import PULSE, LiveReply
from chat.replies.lifecycle import claim_reply, finish_reply
from chat.replies.prompts import build_prompt
from chat.replies.retrieval import recollect
from chat.titles import storable
from providers.gateway import provider_for
from providers.types import Prompt, Turn

logger = logging.getLogger(__name__)

# Of a longer conversation the older part would not fit in any budget; it isn't even read.
TURNS_READ = 200


def write_reply(*, reply_id: UUID) -> None:
    """Write the whole reply, unless another worker has it; it ends complete, stopped or failed with its text so far."""
    reply = claim_reply(reply_id=reply_id)
    if reply is None:
        return
    if reply.content:  # it is continued: offsets in Valkey begin anew
        buffer.forget(reply.pk)
    live = LiveReply(reply.pk, reply.content)
    with _carried(live):
        status, error = _written(reply, live)
    live.take()
    if live.ended:
        return
    finish_reply(reply_id=reply.pk, status=status, content=live.text, error=error, citations=live.citations)


@contextmanager
def _carried(live: LiveReply) -> Iterator[None]:
    """Signs of life and text to the outside while the reply is written, from before the first slow step."""
    PULSE.join(live)
    try:
        yield
    finally:
        PULSE.leave(live)


def _written(reply: Message, live: LiveReply) -> tuple[MessageStatus, dict[str, str] | None]:
    try:
        _write(reply, live)
    except MemoryLoopError as error:
        return MessageStatus.FAILED, {"code": error.code, "detail": error.detail}
    except Exception:
        logger.exception("Reply %s failed", reply.pk)
        return MessageStatus.FAILED, {"code": "internal", "detail": _("Something went wrong on the server. Try again.")}
    return (MessageStatus.STOPPED if live.stopped.is_set() else MessageStatus.COMPLETE), None


def _write(reply: Message, live: LiveReply) -> None:
    prompt = _prompt_for(reply, live)
    provider = provider_for(owner=reply.owner, name=reply.provider)
    # Minutes may pass until the last word; the pool has fewer connections than there are replies.
    release_connection()
    # Closing it closes the connection to the model, which would go on writing otherwise.
    with closing(provider.stream(prompt=prompt, model=reply.model)) as pieces:
        for piece in pieces:
            if live.stopped.is_set():
                return
            if piece and live.add(storable(piece)) and not live.text:
                PULSE.hurry()
    if not live.text.strip() and live.take() is None:
        raise EmptyAnswer


def _prompt_for(reply: Message, live: LiveReply) -> Prompt:
    before = reply.conversation.messages.filter(superseded=False, created_at__lt=reply.created_at)
    history = list(before.order_by("-created_at", "-id")[:TURNS_READ])[::-1]
    turns = [Turn("user" if row.role == Role.USER else "assistant", row.content) for row in history if row.content]
    recollections = recollect(history[-1]) if reply.conversation.use_memory and history else []
    live.citations = [found.cited_as(number) for number, found in enumerate(recollections, start=1)]
    return build_prompt(turns=turns, remembered=[found.piece for found in recollections], written=live.text)
