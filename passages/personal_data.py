"""The personal data of remembered passages: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from passages.models import RememberedPassage

register(
    PersonalData(
        "remembered_passages",
        RememberedPassage,
        ("message_id", "conversation_title", "text", "created_at", "deleted_at"),
    )
)
