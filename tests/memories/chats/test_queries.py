import pytest
from django.utils import timezone

from accounts.models import User
from memories.chats.queries import projects_shown, used_projects
from tests.factories import ConversationFactory, ConversationProjectFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_only_the_owners_current_projects_are_used(alice: User, mallory: User) -> None:
    conversation = ConversationFactory(owner=alice)
    current = ProjectFactory(owner=alice, use_in_chats=True)
    ProjectFactory(owner=mallory, use_in_chats=True)
    for state in ("archived_at", "deleted_at"):
        project = ProjectFactory(owner=alice, **{state: timezone.now()})
        ConversationProjectFactory(conversation=conversation, project=project)
    assert used_projects(owner_id=alice.pk, conversation_id=conversation.pk) == [current.pk]


def test_a_choice_moves_no_project_in_the_list(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    last = ProjectFactory(owner=alice, name="B")
    ProjectFactory(owner=alice, name="A")
    ProjectFactory(owner=alice, name="C", use_in_chats=True)
    ConversationProjectFactory(conversation=conversation, project=last)
    shown = projects_shown(owner=alice, conversation_id=conversation.pk)
    assert [(project.name, vars(project)["used"]) for project in shown] == [("C", True), ("A", False), ("B", True)]
