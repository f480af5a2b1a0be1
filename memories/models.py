"""Projects, and the memories that programs and users keep in them."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from base.models import ClockTimestamp, OwnedQuerySet, new_id
from chat.models import Conversation
from memories.records.values import MAX_KEY_LENGTH, MAX_LABEL_LENGTH, MAX_TAG_LENGTH

MAX_PROJECT_NAME_LENGTH = 100


class ProjectQuerySet(OwnedQuerySet["Project"]):
    def alive(self) -> Self:
        """Not deleted. A deleted project can be restored until it is purged."""
        return self.filter(deleted_at=None)

    def current(self) -> Self:
        """Neither deleted nor archived."""
        return self.alive().filter(archived_at=None)


class Project(models.Model):
    """A named collection of memories. Programs name it in each write; the first one creates it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=MAX_PROJECT_NAME_LENGTH)
    description = models.TextField(blank=True)
    # Whether replies may use its memories. Off at first: what a program logs is not always worth quoting.
    use_in_chats = models.BooleanField(default=False)
    # How many memories it has that are not deleted. Every change of their number holds the lock on this row.
    size = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["deleted_at"], name="project_purge", condition=Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(deleted_at=None), name="one_project_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("memories:project-detail", args=[self.pk])


class MemoryQuerySet(OwnedQuerySet["Memory"]):
    def alive(self) -> Self:
        """Neither deleted nor in a deleted project."""
        return self.filter(deleted_at=None, project__deleted_at=None)

    def current(self) -> Self:
        """Alive, and not in an archived project."""
        return self.alive().filter(project__archived_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Memory(models.Model):
    """One JSON record of a project."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memories")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memories")
    # The name that a program gives the record, so that writing it again changes it; empty without one.
    client_key = models.CharField(max_length=MAX_KEY_LENGTH, blank=True)
    # The record twice: as it was written, and for filters. JSONB changes the order of keys.
    body = models.TextField()
    data = models.JSONField()
    date = models.DateField(null=True, blank=True)
    task = models.CharField(max_length=MAX_LABEL_LENGTH, blank=True)
    component = models.CharField(max_length=MAX_LABEL_LENGTH, blank=True)
    tags = ArrayField(models.CharField(max_length=MAX_TAG_LENGTH), default=list, blank=True)
    # The program or the page that wrote it.
    source = models.CharField(max_length=MAX_LABEL_LENGTH, blank=True)
    # The vectors of its text and the model that made them, if these are stored (memories/search/embeddings.py).
    embedding = models.BinaryField(null=True, editable=False)
    embedding_model = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "memories"
        indexes = [
            models.Index(fields=["project", "-id"], name="memory_list", condition=Q(deleted_at=None)),
            models.Index(fields=["owner", "-id"], name="memory_owner_list", condition=Q(deleted_at=None)),
            models.Index(fields=["project", "date"], name="memory_date", condition=Q(deleted_at=None)),
            GinIndex(fields=["data"], opclasses=["jsonb_path_ops"], name="memory_data"),
            models.Index(fields=["deleted_at"], name="memory_purge", condition=Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "client_key"],
                condition=Q(deleted_at=None) & ~Q(client_key=""),
                name="one_memory_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("memories:memory-detail", args=[self.pk])


class ConversationProject(models.Model):
    """Whether the replies of one conversation use a project, where its user chose otherwise than the project's switch.

    Without a row, the switch decides (`memories.chats`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversation_projects")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="project_choices")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="conversation_choices")
    use = models.BooleanField()
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects = OwnedQuerySet["ConversationProject"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "project"], name="one_choice_per_project"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.project_id} {self.use}"
