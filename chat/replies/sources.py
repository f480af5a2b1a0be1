"""What replies were given, as a page shows it: with links to what still exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from base.html.citations import Source
from chat.models import Message, MessageStatus
from chat.replies.context import PieceKind, StoredPiece


@dataclass(frozen=True)
class ReplySource:
    """A piece of a reply's context. `message` is None when it no longer exists, and then there is nothing to link."""

    piece: StoredPiece
    message: Message | None

    @property
    def number(self) -> int:
        return self.piece["number"]

    @property
    def is_cited(self) -> bool:
        return self.piece["cited"]

    @property
    def title(self) -> str:
        """The title of its conversation."""
        return str(self.message.conversation) if self.message else self.piece["title"]

    @property
    def at(self) -> datetime | None:
        return self.message.created_at if self.message else None

    @property
    def is_message(self) -> bool:
        return self.piece["kind"] == PieceKind.MESSAGE

    @property
    def is_forgotten(self) -> bool:
        return self.message is not None and self.message.forgotten

    @property
    def excerpt(self) -> str:
        """Empty once the message is forgotten."""
        return "" if self.is_forgotten else " ".join(self.piece["excerpt"].split())

    @property
    def reason(self) -> str:
        return self.piece["reason"]

    @property
    def url(self) -> str:
        return self.message.get_absolute_url() if self.message else ""


def sources_of(messages: Sequence[Message]) -> dict[UUID, list[ReplySource]]:
    """The sources of each message that is a reply with context, all of one user, by number: one query at most.

    A failed reply shows none. A reply from before `Message.context` has those that it shows as citations.
    """
    contexts = {message.pk: _context_of(message) for message in messages}
    ids = {piece["id"] for context in contexts.values() for piece in context if piece["kind"] == PieceKind.MESSAGE}
    owner_ids = {message.owner_id for message in messages}
    existing = Message.objects.accessible().filter(owner_id__in=owner_ids).select_related("conversation")
    rows = {str(pk): row for pk, row in existing.in_bulk(list(ids)).items()} if ids else {}
    return {
        pk: [ReplySource(piece, rows.get(piece["id"])) for piece in context]
        for pk, context in contexts.items()
        if context
    }


def links_to(sources: Sequence[ReplySource]) -> Mapping[int, Source]:
    """The links of the citations in a reply's text, by number."""
    return {source.number: Source(source.url, _preview(source)) for source in sources}


def _preview(source: ReplySource) -> str:
    return f"{source.title}: {source.excerpt}" if source.excerpt else source.title


def _context_of(message: Message) -> list[StoredPiece]:
    if message.status == MessageStatus.FAILED:
        return []
    return list(message.context) or [
        StoredPiece(
            number=citation["number"],
            kind=PieceKind.MESSAGE.value,
            id=citation["message_id"],
            conversation_id=citation["conversation_id"],
            title=citation["title"],
            excerpt=citation["excerpt"],
            reason="",
            cited=True,
        )
        for citation in message.citations
    ]
