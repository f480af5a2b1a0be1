"""What a person takes along of their reviews, and what goes when they leave."""

from accounts.personal_data import PersonalData, register
from quiz.models import ParameterSet, Review

PARAMETER_SETS = PersonalData("parameter_sets", ParameterSet, ("algorithm", "weights", "created_at"))
REVIEWS = PersonalData(
    "reviews",
    Review,
    (
        "review_id",
        "card_id",
        "rating",
        "reviewed_at",
        "day",
        "duration_ms",
        "state_before",
        "state_after",
        "stability_before",
        "stability_after",
        "difficulty_before",
        "difficulty_after",
        "due_before",
        "due_after",
        "elapsed_days",
        "scheduled_days",
        "retrievability",
        "parameter_set_id",
        "algorithm",
    ),
)

register(PARAMETER_SETS, REVIEWS)
