"""The run of a reply: one worker claims it, it ends once, and the sweep fails it when its worker has died."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from base.runs import RunLifecycle
from chat.models import Message, MessageStatus
from chat.replies import buffer
from chat.replies.context import citations_of, with_cited

# Replies get their heartbeats from `chat.replies.flusher`, not from `RunLifecycle.heartbeat`: the statement that
# flushes the texts of all replies each second also renews their heartbeats. A sweep runs every 5 seconds, so a reply
# whose worker died is failed within 20.
REPLIES = RunLifecycle(
    model=Message,
    task="chat.tasks.write_reply",
    running=MessageStatus.GENERATING,
    silence=timedelta(seconds=15),
    unclaimed_for=timedelta(seconds=10),
)


@transaction.atomic
def finish_reply(
    *,
    reply_id: UUID,
    status: MessageStatus,
    content: str,
    error: Mapping[str, str] | None = None,
    in_request: bool = False,
) -> bool:
    """End a reply, and tell its readers after commit. False when it has already ended or is deleted.

    Its citations are those of its text. A failed reply has none.
    `in_request`: a user waits for this, so Valkey, which may be silent, is told in the background.
    """
    reply = REPLIES.lock(reply_id)
    if reply is None:
        return False
    context = with_cited(reply.context, "" if status == MessageStatus.FAILED else content)
    REPLIES.end(
        reply,
        status=status,
        content=content,
        error=dict(error) if error else None,
        context=context,
        citations=citations_of(context),
    )
    mark_ended = buffer.mark_ended_in_background if in_request else buffer.mark_ended
    transaction.on_commit(partial(mark_ended, reply_id))
    return True


def sweep_replies(*, at: datetime) -> None:
    """Fail the replies whose worker died, keeping their text, and send the unclaimed ones again."""
    REPLIES.sweep(at=at, fail=_fail_interrupted)


def _fail_interrupted(reply: Message) -> None:
    detail = _("The server was interrupted while it wrote this answer. The text so far is kept.")
    finish_reply(
        reply_id=reply.pk,
        status=MessageStatus.FAILED,
        content=buffer.recover_text(reply.pk, reply.content),
        error={"code": "interrupted", "detail": detail},
    )
