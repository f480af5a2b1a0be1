import pytest

from accounts.models import User
from chat.models import Conversation
from memories.chats.queries import used_projects
from memories.chats.services import use_project
from memories.models import ConversationProject, Project
from tests.factories import ConversationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def used(conversation: Conversation, project: Project) -> bool:
    return project.pk in used_projects(owner_id=conversation.owner_id, conversation_id=conversation.pk)


@pytest.mark.parametrize("switch", [True, False])
def test_a_choice_counts_in_its_conversation_until_it_equals_the_switch(alice: User, switch: bool) -> None:
    conversation, other = ConversationFactory.create_batch(2, owner=alice)
    project = ProjectFactory(owner=alice, use_in_chats=switch)
    for _ in range(2):
        use_project(conversation=conversation, project=project, use=not switch)
        assert (used(conversation, project), used(other, project)) == (not switch, switch)
    assert ConversationProject.objects.count() == 1
    use_project(conversation=conversation, project=project, use=switch)
    assert used(conversation, project) is switch
    Project.objects.filter(pk=project.pk).update(use_in_chats=not switch)
    assert used(conversation, project) is not switch
