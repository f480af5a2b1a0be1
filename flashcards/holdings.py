"""What a person takes along of their cards, and what goes when they leave."""

from accounts.holdings import Holding
from flashcards.models import Card, Generation

GENERATIONS = Holding(
    "generations",
    Generation,
    ("message_id", "text", "max_cards", "provider", "model", "status", "error", "created_at", "finished_at"),
)
CARDS = Holding(
    "cards",
    Card,
    (
        "note_id",
        "ordinal",
        "kind",
        "question",
        "answer",
        "tags",
        "status",
        "buried_until",
        "message_id",
        "generation_id",
        "created_at",
        "updated_at",
        "deleted_at",
        "state",
        "step",
        "due",
        "stability",
        "difficulty",
        "reps",
        "lapses",
        "last_review",
    ),
)
