"""The personal data of memories: exported for the user, deleted with the account."""

from accounts.personal_data import PersonalData, register
from memories.models import ConversationProject, Memory, Project

PROJECTS = PersonalData(
    "projects",
    Project,
    ("name", "description", "use_in_chats", "archived_at", "created_at", "updated_at", "deleted_at"),
)
MEMORIES = PersonalData(
    "memories",
    Memory,
    (
        *("project_id", "client_key", "body", "date", "task", "component", "tags", "source"),
        *("created_at", "updated_at", "deleted_at"),
    ),
)
CONVERSATION_PROJECTS = PersonalData(
    "conversation_projects", ConversationProject, ("conversation_id", "project_id", "use", "created_at")
)

register(PROJECTS, MEMORIES, CONVERSATION_PROJECTS)
