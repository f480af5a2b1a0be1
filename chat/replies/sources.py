"""What replies were given, as a page shows it: with links to what still exists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from base.html.citations import Source
from chat.models import Message, MessageStatus
from chat.replies.context import PieceKind, StoredPiece
from chat.replies.context_sources import SourceRow, registered


@dataclass(frozen=True)
class ReplySource:
    """A piece of a reply's context. Without `message` or `row` it no longer exists, and there is nothing to link."""

    piece: StoredPiece
    message: Message | None
    row: SourceRow | None = None

    @property
    def number(self) -> int:
        return self.piece["number"]

    @property
    def is_cited(self) -> bool:
        return self.piece["cited"]

    @property
    def title(self) -> str:
        """For a message, the title of its conversation."""
        if self.row:
            return self.row.title
        return str(self.message.conversation) if self.message else self.piece["title"]

    @property
    def at(self) -> datetime | None:
        if self.row:
            return self.row.at
        return self.message.created_at if self.message else None

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
        if self.row:
            return self.row.url
        return self.message.get_absolute_url() if self.message else ""

    @property
    def fading_card_id(self) -> str:
        """The card of this piece, if the user was forgetting it and still is."""
        fading = self.piece.get("fading") and self.row and self.row.fading
        return self.piece["id"] if fading else ""


def sources_of(messages: Sequence[Message]) -> dict[UUID, list[ReplySource]]:
    """The sources of each message that is a reply with context, all of one user, by number.

    One query for messages, and some for each other kind that occurs.

    A failed reply shows none. A reply from before `Message.context` has those that it shows as citations.
    """
    contexts = {message.pk: _context_of(message) for message in messages}
    ids = _ids_of(PieceKind.MESSAGE, contexts.values())
    owner_ids = {message.owner_id for message in messages}
    existing = Message.objects.accessible().filter(owner_id__in=owner_ids).select_related("conversation")
    rows = {str(pk): row for pk, row in existing.in_bulk(list(ids)).items()} if ids else {}
    others = {
        source.kind.value: source.rows(owner_ids, {UUID(pk) for pk in found})
        for source in registered()
        if (found := _ids_of(source.kind, contexts.values()))
    }
    return {pk: [_source(piece, rows, others) for piece in context] for pk, context in contexts.items() if context}


def _ids_of(kind: PieceKind, contexts: Iterable[Sequence[StoredPiece]]) -> set[str]:
    return {piece["id"] for context in contexts for piece in context if piece["kind"] == kind}


def _source(
    piece: StoredPiece, messages: Mapping[str, Message], others: Mapping[str, Mapping[UUID, SourceRow]]
) -> ReplySource:
    return ReplySource(piece, messages.get(piece["id"]), others.get(piece["kind"], {}).get(UUID(piece["id"])))


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
