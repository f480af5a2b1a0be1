"""What a search considers, as the page and the API ask for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.models import Role
from search.queries import Filter


@dataclass(frozen=True)
class SearchFilter:
    """Created at or after `after`, and earlier than `before`. What has no role is not found by a search for a role."""

    role: Role | None = None
    conversation_id: UUID | None = None
    has_cards: bool | None = None
    after: datetime | None = None
    before: datetime | None = None

    def for_index(self) -> list[Filter]:
        filters = []
        if self.role:
            filters.append(Filter("role", "eq", self.role.value))
        if self.conversation_id:
            filters.append(Filter("conversation_id", "eq", self.conversation_id))
        if self.has_cards is not None:
            filters.append(Filter("has_cards", "eq", self.has_cards))
        if self.after:
            filters.append(Filter("created_at", "ge", self.after))
        if self.before:
            filters.append(Filter("created_at", "lt", self.before))
        return filters
