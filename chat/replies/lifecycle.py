"""How a reply's row moves on: claimed by one worker, finished once, or given up when its worker died."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from base.jobs import enqueue
from chat.models import Message, MessageStatus
from chat.replies import buffer

logger = logging.getLogger(__name__)

# A worker gives a sign of life each second; with a sweep each five seconds a dead one is noticed within 25.
SILENCE = timedelta(seconds=15)
# A reply that nobody took up by then is offered again; the claim makes a second offer harmless.
UNCLAIMED = timedelta(seconds=10)
OFFER_EXPIRES = 5  # seconds: offers of a sweep don't pile up while no worker runs


def enqueue_reply(reply_id: UUID, *, expires: int | None = None) -> None:
    """Ask a worker to write the reply, after commit; should that get lost, the sweep asks again."""
    enqueue("chat.tasks.write_reply", str(reply_id), expires=expires)


def claim_reply(*, reply_id: UUID) -> Message | None:
    """Take the reply for this worker; None when another has it or nobody wants it any more."""
    unclaimed = Message.objects.filter(pk=reply_id, status=MessageStatus.GENERATING, heartbeat_at=None)
    if not unclaimed.update(heartbeat_at=timezone.now()):
        return None
    return Message.objects.select_related("conversation", "owner").filter(pk=reply_id).first()


@transaction.atomic
def finish_reply(
    *,
    reply_id: UUID,
    status: MessageStatus,
    content: str,
    error: Mapping[str, str] | None = None,
    citations: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Give a reply its end; False when it has one already or was deleted."""
    reply = Message.objects.select_for_update().filter(pk=reply_id, status=MessageStatus.GENERATING).first()
    if reply is None:
        return False
    reply.status, reply.content, reply.error = status, content, dict(error) if error else None
    reply.citations = list(citations) or reply.citations
    reply.finished_at = timezone.now()
    reply.save(update_fields=["status", "content", "error", "citations", "finished_at"])
    transaction.on_commit(partial(buffer.close, reply_id))
    return True


def sweep_replies(*, at: datetime) -> None:
    """Fail the replies whose worker is gone, with the text they have, and offer again those nobody took up."""
    for reply_id, content in Message.objects.abandoned(at - SILENCE).values_list("pk", "content"):
        logger.warning("Reply %s has lost its worker", reply_id)
        _fail_abandoned(reply_id, content, at - SILENCE)
    for reply_id in Message.objects.unclaimed(at - UNCLAIMED).values_list("pk", flat=True):
        enqueue_reply(reply_id, expires=OFFER_EXPIRES)


@transaction.atomic
def _fail_abandoned(reply_id: UUID, content: str, before: datetime) -> None:
    # The row is looked at again under the lock: its worker may have been slow, not dead.
    if not Message.objects.select_for_update().abandoned(before).filter(pk=reply_id).exists():
        return
    detail = _("The answer broke off because the server was interrupted. The text so far is kept.")
    finish_reply(
        reply_id=reply_id,
        status=MessageStatus.FAILED,
        content=buffer.complete(reply_id, content),
        error={"code": "interrupted", "detail": detail},
    )
