"""The personal data of cards: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from flashcards.models import Card, Generation

GENERATIONS = PersonalData(
    "generations",
    Generation,
    ("message_id", "text", "max_cards", "provider", "model", "status", "error", "created_at", "finished_at"),
)
CARDS = PersonalData(
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

register(GENERATIONS, CARDS)
