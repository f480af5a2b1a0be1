"""Reads of the projects that the replies of a conversation may use."""

from uuid import UUID

from django.db.models import BooleanField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from memories.models import ConversationProject, Project, ProjectQuerySet

MAX_PROJECTS_SHOWN = 200


def with_used(projects: ProjectQuerySet, *, conversation_id: UUID) -> ProjectQuerySet:
    """The projects, each with `used`: whether the replies of this conversation may use it."""
    return projects.annotate(used=_used(conversation_id))


def used_projects(*, owner_id: UUID, conversation_id: UUID) -> list[UUID]:
    """The ids of the owner's current projects that the replies of this conversation may use."""
    projects = Project.objects.current().filter(_used(conversation_id), owner=owner_id)
    return list(projects.values_list("pk", flat=True))


def projects_shown(*, owner: User, conversation_id: UUID) -> list[Project]:
    """The owner's current projects, each with `used`: first those whose own switch is on, then by name.

    The order does not depend on what is chosen in the conversation, so that nothing moves when a user chooses.
    """
    ordered = owner.projects.current().order_by("-use_in_chats", "name")
    return list(with_used(ordered, conversation_id=conversation_id)[:MAX_PROJECTS_SHOWN])


def _used(conversation_id: UUID) -> Coalesce:
    choices = ConversationProject.objects.filter(conversation=conversation_id, project=OuterRef("pk"))
    return Coalesce(Subquery(choices.values("use")), F("use_in_chats"), output_field=BooleanField())
