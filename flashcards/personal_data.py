"""The personal data of cards: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from flashcards.generation.models import Generation, GenerationBatch
from flashcards.models import Card

GENERATIONS = PersonalData(
    "generations",
    Generation,
    (
        *("message_id", "skill_id", "batch_id", "text", "max_cards", "provider", "model", "status", "error"),
        *("created_at", "finished_at"),
    ),
)
BATCHES = PersonalData(
    "generation_batches",
    GenerationBatch,
    ("goal_id", "budget", "cards_per_skill", "status", "created_at", "finished_at"),
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
        "skill_id",
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

register(BATCHES, GENERATIONS, CARDS)
