"""The personal data of reviews: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from quiz.models import MasteryDay, ParameterSet, Review, ReviewDay, ReviewSettings, SkillTest

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
        "goal_id",
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
DAYS = PersonalData(
    "review_days",
    ReviewDay,
    ("day", "goal_id", "state_before", "rating", "reviews", "first_reviews", "duration_ms"),
)
MASTERY_DAYS = PersonalData("mastery_days", MasteryDay, ("goal_id", "day", "mastery", "cards", "answered"))
SETTINGS = PersonalData(
    "review_settings",
    ReviewSettings,
    (
        "desired_retention",
        "new_per_day",
        "reviews_per_day",
        "learning_steps",
        "relearning_steps",
        "maximum_interval",
        "day_start_hour",
        "time_zone",
        "leech_threshold",
        "parameters_id",
    ),
)

TESTS = PersonalData("skill_tests", SkillTest, ("skill_id", "cards", "answers", "started_at", "ended_at", "passed"))

register(PARAMETER_SETS, REVIEWS, DAYS, MASTERY_DAYS, SETTINGS, TESTS)
