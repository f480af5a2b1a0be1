"""Queries for the panel "Memory used"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chat.models import Conversation, LeftOutPiece, Message, Role
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
    def question(self) -> str:
        """The message that the reply answers."""
        asked = self.reply.in_reply_to if self.reply else None
        return asked.content if asked else ""


def memory_panel(conversation: Conversation, reply: Message | None = None) -> MemoryPanel:
    """The panel for this reply, or else for the last one of the conversation."""
    if reply is None:
        replies = conversation.messages.current().filter(role=Role.ASSISTANT).select_related("in_reply_to")
        reply = replies.order_by("-pk").first()
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
