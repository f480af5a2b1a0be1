"""A quiz on a few cards, such as those that an answer in a chat was given. Its state is in the query of its addresses.

Ratings and undo work as in every review. A card leaves the quiz when it is rated, suspended or buried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID


@dataclass(frozen=True)
class CardQuiz:
    """`remaining` are the cards that are left of `total`. `source` is the message below which it was offered."""

    remaining: tuple[UUID, ...]
    total: int
    source: UUID | None = None
    url_name = "quiz:review"

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self | None:
        """The quiz in the cleaned fields of a `ReviewPageForm`; None for the review of all that is due."""
        remaining = tuple(dict.fromkeys(fields.get("cards") or ()))
        total = max(fields.get("total") or 0, len(remaining))
        return cls(remaining, total, fields.get("source")) if total else None

    @property
    def done(self) -> int:
        return self.total - len(self.remaining)

    @property
    def fields(self) -> dict[str, str]:
        source = {"source": str(self.source)} if self.source else {}
        return {"cards": ",".join(map(str, self.remaining)), "total": str(self.total), **source}

    @property
    def query(self) -> str:
        return urlencode(self.fields, safe=",")

    def without(self, card_id: UUID) -> Self:
        return replace(self, remaining=tuple(pk for pk in self.remaining if pk != card_id))

    def with_first(self, card_id: UUID) -> Self:
        """The quiz that begins with this card again, after an undo."""
        remaining = (card_id, *self.without(card_id).remaining)
        return replace(self, remaining=remaining, total=max(self.total, len(remaining)))
