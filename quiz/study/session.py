"""A review of all cards, or of those of one goal or skill. Its state is in the query of its addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID


@dataclass(frozen=True)
class StudySession:
    """Like a `CardQuiz`, but a card stays in it as long as it is due. `ahead`: see `StudyScope`."""

    goal: UUID | None = None
    skill: UUID | None = None
    ahead: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """The session in the cleaned fields of a `ReviewPageForm`."""
        return cls(fields.get("goal"), fields.get("skill"), bool(fields.get("ahead")))

    @property
    def url_name(self) -> str:
        return "quiz:study" if self.fields else "quiz:review"

    @property
    def fields(self) -> dict[str, str]:
        fields = {"goal": self.goal, "skill": self.skill, "ahead": "1" if self.ahead else None}
        return {name: str(value) for name, value in fields.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.fields)

    def studied_ahead(self) -> Self:
        return replace(self, ahead=True)

    def without(self, _card_id: UUID) -> Self:
        return self

    def with_first(self, _card_id: UUID) -> Self:
        return self
