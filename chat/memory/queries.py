"""Queries for the panel "Memory used"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chat.models import Conversation, LeftOutPiece, Message, MessageStatus, Role
from chat.replies.sources import ReplySource, sources_of


@dataclass(frozen=True)
class PanelPiece:
    """A piece that a reply was given. `left_out` is set while it is left out of the conversation."""

    source: ReplySource
    left_out: LeftOutPiece | None


@dataclass(frozen=True)
class MemoryPanel:
    """What one reply used, those pieces first that its text cites; `reply` is None before the first one."""

    conversation: Conversation
    reply: Message | None
    pieces: Sequence[PanelPiece]
    left_out: Sequence[LeftOutPiece]

    @property
    def state(self) -> Literal["given", "unanswered", "writing", "failed", "off", "nothing"]:
        """What the panel says."""
        if self.pieces:
            return "given"
        if self.reply is not None and self.reply.status == MessageStatus.GENERATING:
            return "writing"
        if self.reply is not None and self.reply.status == MessageStatus.FAILED:
            return "failed"
        if not self.conversation.use_memory:
            return "off"
        return "nothing" if self.reply else "unanswered"

    @property
    def question(self) -> str:
        """The message that the reply answers."""
        asked = self.reply.in_reply_to if self.reply else None
        return asked.content if asked else ""


def memory_panel(conversation: Conversation, *, reply_id: UUID | None = None) -> MemoryPanel:
    """The panel for this reply, or else for the last one of the conversation."""
    replies = conversation.messages.filter(role=Role.ASSISTANT).select_related("in_reply_to")
    chosen = replies.filter(pk=reply_id).first() if reply_id else None
    reply = chosen or replies.current().order_by("-pk").first()
    left_out = list(conversation.left_out_pieces.order_by("-pk"))
    pieces = _pieces(reply, left_out) if reply else []
    return MemoryPanel(conversation, reply, sorted(pieces, key=lambda piece: not piece.source.is_cited), left_out)


def pieces_of(reply: Message) -> list[PanelPiece]:
    """What the reply was given, by number."""
    return _pieces(reply, LeftOutPiece.objects.filter(conversation_id=reply.conversation_id))


def _pieces(reply: Message, left_out: Iterable[LeftOutPiece]) -> list[PanelPiece]:
    marks = {(row.kind, str(row.piece_id)): row for row in left_out}
    sources = sources_of([reply]).get(reply.pk, [])
    return [PanelPiece(source, marks.get((source.piece["kind"], source.piece["id"]))) for source in sources]
