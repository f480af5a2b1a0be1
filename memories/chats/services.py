"""Services of what one conversation uses."""

from django.db import transaction

from chat.models import Conversation
from memories.models import ConversationProject, Project


@transaction.atomic
def use_project(*, conversation: Conversation, project: Project, use: bool) -> None:
    """Let the replies of the conversation use the project or not.

    A choice that is the same as the project's own switch is not kept: from then on the switch decides again.
    """
    if use == project.use_in_chats:
        ConversationProject.objects.filter(conversation=conversation, project=project).delete()
        return
    choice = ConversationProject(owner_id=conversation.owner_id, conversation=conversation, project=project, use=use)
    ConversationProject.objects.bulk_create(
        [choice], update_conflicts=True, unique_fields=["conversation", "project"], update_fields=["use"]
    )
