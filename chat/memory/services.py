"""What replies may use of a user's memory: messages can be forgotten, and pieces left out of one conversation."""

from django.db import transaction

from base.errors import NotFound
from base.models import ClockTimestamp
from chat.models import LeftOutPiece, Message, MessageStatus
from chat.replies.context import StoredPiece
from search.services import mark_changed


@transaction.atomic
def forget_message(*, message: Message) -> Message:
    """Keep the message out of search, related conversations and the context of replies. It stays where it was said.

    Each of them asks PostgreSQL for this mark, so it counts from the commit on, before the index is without the
    message. Cards made from the message stay.
    """
    return _set_forgotten(message, forgotten=True)


@transaction.atomic
def remember_message(*, message: Message) -> Message:
    """Undo `forget_message`. The message is found again as soon as it is indexed."""
    return _set_forgotten(message, forgotten=False)


def _set_forgotten(message: Message, *, forgotten: bool) -> Message:
    # The lock waits for a reply that is about to end, because the last outbox entry of a message must be this one.
    locked = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if (locked.forgotten_at is not None) != forgotten:
        Message.objects.filter(pk=locked.pk).update(forgotten_at=ClockTimestamp() if forgotten else None)
        mark_changed(table="messages", owner_id=locked.owner_id, entity_ids=[locked.pk])
    message.refresh_from_db(fields=["forgotten_at"])
    return message


def leave_out_piece(*, reply: Message, number: int) -> LeftOutPiece:
    """Use this piece of the reply's context no more in its conversation. Raises NotFound if there is no such piece.

    A piece that is left out already stays so.
    """
    piece = _piece_of(reply, number)
    left_out, _created = LeftOutPiece.objects.get_or_create(
        conversation_id=reply.conversation_id,
        kind=piece["kind"],
        piece_id=piece["id"],
        defaults={"owner_id": reply.owner_id, "title": piece["title"][: LeftOutPiece.MAX_TITLE_LENGTH]},
    )
    return left_out


def use_piece_again(*, left_out: LeftOutPiece) -> None:
    """Undo `leave_out_piece`."""
    left_out.delete()


def _piece_of(reply: Message, number: int) -> StoredPiece:
    context: list[StoredPiece] = [] if reply.status == MessageStatus.FAILED else reply.context
    for piece in context:
        if piece["number"] == number:
            return piece
    raise NotFound
