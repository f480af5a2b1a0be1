"""Generations, in which a model proposes cards, and batches of them."""

from typing import Literal, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.models import ClockTimestamp, OwnedQuerySet, new_id
from base.runs import Run
from chat.models import Message
from goals.models import Goal, SkillNode
from providers.models import ProviderName


class GenerationStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class BatchStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped by an error")
    CANCELED = "canceled", _("Canceled")


class DuplicateRecord(TypedDict):
    """A proposal that repeats a card, as stored in `Generation.duplicates`. `of` is the id of that card."""

    question: str
    answer: str
    of: str | None
    similarity: float
    kind: Literal["exact", "near"]
    draft_id: str | None


class GenerationBatch(models.Model):
    """A request for cards for many skills of a goal: one generation for each, one after the other in the tree's order.

    The end of each starts the next in the same transaction (`generation.lifecycle`), so no worker waits for the batch.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generation_batches")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="generation_batches")
    budget = models.PositiveSmallIntegerField(default=100)  # cards of the whole batch
    cards_per_skill = models.PositiveSmallIntegerField(default=5)
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.RUNNING)
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet["GenerationBatch"].as_manager()

    def __str__(self) -> str:
        return f"{self.status} batch {self.id}"


class Generation(Run):
    """One request to a model for cards. Its proposals are draft cards until the user decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generations")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations")
    skill = models.ForeignKey(SkillNode, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations")
    # The batch that this is a part of. The order of its generations is that of their keys.
    batch = models.ForeignKey(
        GenerationBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    text = models.TextField(blank=True)
    max_cards = models.PositiveSmallIntegerField(default=10)
    provider = models.CharField(max_length=20, choices=ProviderName.choices)
    model = models.CharField(max_length=100, blank=True)
    # True: cards enter the deck without a decision by the user, except near duplicates.
    accept = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=GenerationStatus.choices, default=GenerationStatus.RUNNING)
    # A list of DuplicateRecord.
    duplicates = models.JSONField(default=list, blank=True)
    proposed = models.PositiveSmallIntegerField(default=0)  # how many cards the model proposed, including duplicates
    # False: the index or the embedding model was unavailable, so only exact duplicates were found; the page says so.
    compared_by_meaning = models.BooleanField(default=True)

    # How often a worker died while it had this. A part of a batch is tried again once.
    lost_workers = models.PositiveSmallIntegerField(default=0)

    objects = OwnedQuerySet["Generation"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="generation_running", condition=Q(status="running"))]
        constraints = [
            models.UniqueConstraint(fields=["batch"], condition=Q(status="running"), name="one_at_a_time_in_a_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.status} generation {self.id}"

    @property
    def drafts_made(self) -> int:
        """How many drafts it has made, whatever the user has decided on them since."""
        return self.proposed - len([record for record in self.duplicates if record["kind"] == "exact"])

    @property
    def can_be_repeated(self) -> bool:
        """Whether its text, its message or else its skill is still there. This reads the message's conversation."""
        if self.message is not None:
            return self.message.is_accessible and not self.message.superseded
        return bool(self.text) or self.skill is not None
