"""Passages of messages that a user asked to remember."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from base.models import OwnedQuerySet, new_id
from chat.models import Message

MAX_PASSAGE_LENGTH = 2_000  # characters


class PassageQuerySet(OwnedQuerySet["RememberedPassage"]):
    def alive(self) -> Self:
        """Not deleted. A deleted passage can be restored until it is purged."""
        return self.filter(deleted_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class RememberedPassage(models.Model):
    """A part of a message. It stays when the message is deleted or forgotten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passages")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="passages")
    # The conversation's title when the passage was remembered.
    conversation_title = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=MAX_PASSAGE_LENGTH)
    # SHA-256 of the text without its white space: the same text is remembered once.
    fingerprint = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["deleted_at"], name="passage_purge", condition=Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint"], name="same_passage_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
