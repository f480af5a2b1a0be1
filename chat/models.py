"""Conversations and their messages."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import ClockTimestamp, OwnedQuerySet, new_id
from base.runs import Run
from goals.models import Goal, SkillNode
from providers.models import ProviderName

MAX_MESSAGE_LENGTH = 100_000  # characters


def message_url(*, conversation_id: UUID | str, message_id: UUID | str) -> str:
    """The conversation's page at this message. The query names it too, because a page has a part of the messages."""
    url = reverse("chat:conversation-detail", args=[conversation_id])
    return f"{url}?message={message_id}#message-{message_id}"


class ConversationQuerySet(OwnedQuerySet["Conversation"]):
    def alive(self) -> Self:
        """Not deleted. A deleted conversation can be restored until it is purged."""
        return self.filter(deleted_at=None)

    def newest_first(self) -> Self:
        """Pinned conversations first, then the others; each group with the last changed one first."""
        return self.order_by("-pinned", "-updated_at", "-id")


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=20, choices=ProviderName.choices)
    model = models.CharField(max_length=100, blank=True)
    use_memory = models.BooleanField(default=True)
    pinned = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    # What the conversation is about. With a skill, the goal is that of the skill.
    goal = models.ForeignKey(Goal, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations")
    skill = models.ForeignKey(SkillNode, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-pinned", "-updated_at", "-id"], name="conversation_list"),
            models.Index(fields=["deleted_at"], name="conversation_purge", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title or str(_("New chat"))

    @property
    def skill_node_id(self) -> UUID | None:
        """The name that the API has for it."""
        return self.skill_id


class Role(models.TextChoices):
    USER = "user", _("You")
    ASSISTANT = "assistant", _("Answer")


class MessageStatus(models.TextChoices):
    COMPLETE = "complete", _("Complete")
    GENERATING = "generating", _("Being written")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class MessageQuerySet(OwnedQuerySet["Message"]):
    def accessible(self) -> Self:
        """In a conversation that is not deleted. Includes replies that a newer one has replaced."""
        return self.filter(conversation__deleted_at=None)

    def current(self) -> Self:
        """Not replaced by a newer reply."""
        return self.filter(superseded=False)

    def alive(self) -> Self:
        """What the user sees: current messages of conversations that are not deleted."""
        return self.current().accessible()

    def remembered(self) -> Self:
        """What search, related conversations and replies may use: what the user sees and has not forgotten."""
        return self.alive().filter(forgotten_at=None)

    def in_order(self) -> Self:
        return self.order_by("created_at", "id")


class Message(Run):
    """A message of the user, or a reply. The row of a reply is created when it is requested; a worker fills it in.

    A reply is a run: see `chat.replies.lifecycle`. For a user's message the columns of a run stay empty.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages")
    in_reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.COMPLETE)
    content = models.TextField(blank=True)
    provider = models.CharField(max_length=20, choices=ProviderName.choices, blank=True)
    model = models.CharField(max_length=100, blank=True)
    # [{"number", "kind", "id", "conversation_id", "title", "excerpt", "reason"}]: all that the model was given of the
    # user's memory (`chat.replies.context`).
    context = models.JSONField(default=list, blank=True)
    # [{"number", "message_id", "conversation_id", "title", "excerpt"}]: the messages of the context whose numbers the
    # finished text cites. In replies from before `context`: all messages that the model was given.
    citations = models.JSONField(default=list, blank=True)
    # A newer reply to the same message replaces this one. The row stays, because cards may link to it.
    superseded = models.BooleanField(default=False)
    stop_requested = models.BooleanField(default=False)
    # The user wants this message neither found nor used. It stays in its conversation.
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "created_at", "id"], name="message_order"),
            models.Index(fields=["owner", "id"], name="message_owner"),
            models.Index(fields=["heartbeat_at"], name="message_generating", condition=Q(status="generating")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(status="generating"), name="one_reply_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(role="assistant") | Q(status="complete"), name="only_replies_are_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"

    @property
    def forgotten(self) -> bool:
        return self.forgotten_at is not None

    @property
    def is_accessible(self) -> bool:
        """Whether its conversation, which this reads, is not deleted."""
        return self.conversation.deleted_at is None

    def get_absolute_url(self) -> str:
        return message_url(conversation_id=self.conversation_id, message_id=self.pk)


class LeftOutPieceQuerySet(OwnedQuerySet["LeftOutPiece"]):
    def accessible(self) -> Self:
        """Of a conversation that is not deleted."""
        return self.filter(conversation__deleted_at=None)


class LeftOutPiece(models.Model):
    """A piece of context that the replies of one conversation no longer get.

    It has the `kind` and the id of a piece (`chat.replies.context`), whose rows are of several apps, and its title.
    """

    MAX_TITLE_LENGTH = 240

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="left_out_pieces")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="left_out_pieces")
    kind = models.CharField(max_length=20)
    piece_id = models.UUIDField()
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects = LeftOutPieceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "piece_id"], name="left_out_once"),
        ]

    def __str__(self) -> str:
        return self.title
