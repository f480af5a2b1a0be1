"""The body of a joint search."""

from ninja import Field

from chat.schemas import Search


class JointSearch(Search):
    """Of all kinds if `kinds` is empty. A filter by something that a kind does not have finds nothing of that kind."""

    kinds: list[str] = Field([], max_length=20)
    has_cards: bool | None = None
