"""The fields of conversations and messages in the personal data export."""

from accounts.personal_data import PersonalData, register
from chat.models import Conversation, Message

CONVERSATIONS = PersonalData(
    "conversations",
    Conversation,
    (
        "title",
        "provider",
        "model",
        "use_memory",
        "pinned",
        "archived",
        "created_at",
        "updated_at",
        "deleted_at",
    ),
)
MESSAGES = PersonalData(
    "messages",
    Message,
    (
        "conversation_id",
        "in_reply_to_id",
        "role",
        "status",
        "content",
        "provider",
        "model",
        "error",
        "context",
        "citations",
        "superseded",
        "created_at",
        "finished_at",
    ),
)

register(CONVERSATIONS, MESSAGES)
