"""The fields of conversations, messages and what is left out in the personal data export."""

from accounts.personal_data import PersonalData, register
from chat.models import Conversation, LeftOutPiece, Message

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
        "goal_id",
        "skill_id",
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
        "forgotten_at",
        "created_at",
        "finished_at",
    ),
)

LEFT_OUT_PIECES = PersonalData(
    "left_out_pieces", LeftOutPiece, ("conversation_id", "kind", "piece_id", "title", "created_at")
)

register(CONVERSATIONS, MESSAGES, LEFT_OUT_PIECES)
