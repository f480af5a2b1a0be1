"""Cards, with their FSRS state."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Left
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from base.models import OwnedQuerySet, new_id
from chat.models import Message
from flashcards.content.sides import Sides, sides
from flashcards.generation.models import Generation
from flashcards.retrievability import DEFAULT_DECAY, retrievability
from goals.models import SkillNode

MAX_SIDE_LENGTH = 10_000  # characters of a question or an answer
MAX_TAG_LENGTH = 100
MAX_TAGS = 50
MAX_SOURCE_LENGTH = 2_000  # characters of the message that JSON answers contain with a card made from it


class CardKind(models.TextChoices):
    BASIC = "basic", _("Basic")
    REVERSE = "reverse", _("Basic and reversed")
    CLOZE = "cloze", _("Cloze")


class CardStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    BURIED = "buried", _("Buried until tomorrow")


class CardState(models.TextChoices):
    NEW = "new", _("New")
    LEARNING = "learning", _("Learning")
    REVIEW = "review", _("Review")
    RELEARNING = "relearning", _("Relearning")


# What JSON answers say of the message that a card was made from, and of its skill.
_MESSAGE_JSON = JSONObject(
    id="id",
    conversation_id="conversation_id",
    conversation_title="conversation__title",
    role="role",
    content=Left("content", MAX_SOURCE_LENGTH),
    created_at="created_at",
)
_SKILL_JSON = JSONObject(
    id="id",
    title="title",
    goal_id="tree__goal_id",
    goal_title="tree__goal__title",
    goal_retention="tree__goal__desired_retention",
)

STEP_STATES = (CardState.LEARNING, CardState.RELEARNING)
STUDIED_STATUSES = (CardStatus.ACTIVE, CardStatus.BURIED)


class CardQuerySet(OwnedQuerySet["Card"]):
    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def in_deck(self) -> Self:
        """Accepted by the user and not deleted."""
        return self.alive().exclude(status=CardStatus.DRAFT)

    def learning(self, *, at: datetime, until: datetime) -> Self:
        """In learning or relearning steps, due by `until`."""
        return self.studied(at).filter(state__in=STEP_STATES, due__lte=until)

    def to_review(self, *, at: datetime, before: datetime) -> Self:
        """In review, with an interval of days, due before `before`."""
        return self.studied(at).filter(state=CardState.REVIEW, due__lt=before)

    def new(self, *, at: datetime) -> Self:
        return self.studied(at).filter(state=CardState.NEW)

    def of_goal(self, goal_id: UUID) -> Self:
        """Of the skills in the goal's accepted tree."""
        return self.filter(skill__in=SkillNode.objects.accepted().filter(tree__goal=goal_id))

    def of_skill(self, skill_id: UUID) -> Self:
        """Of this accepted skill, and of those below it."""
        return self.filter(skill__in=SkillNode.objects.accepted().in_subtree(skill_id))

    def joined(self) -> Self:
        """With `message_json` and `skill_json`, in the same statement.

        The first is None without a message that the user can still open, the second without an accepted skill.
        """
        # Subqueries, because PostgreSQL takes longer to plan a join of seven tables than to run this.
        message = Message.objects.accessible().filter(pk=OuterRef("message"))
        skill = SkillNode.objects.accepted().filter(pk=OuterRef("skill"))
        return self.annotate(
            message_json=Subquery(message.values(json=_MESSAGE_JSON)),
            skill_json=Subquery(skill.values(json=_SKILL_JSON)),
        )

    def studied(self, at: datetime) -> Self:
        """Not a draft, suspended or deleted. A buried card counts again once its time has passed."""
        # The second condition implies `status__in`, but PostgreSQL needs it to choose the partial indexes.
        return self.alive().filter(status__in=STUDIED_STATUSES).exclude(status=CardStatus.BURIED, buried_until__gt=at)

    def with_goal_retention(self) -> Self:
        """Read `goal_retention` with the cards, instead of with one statement for each card."""
        return self.annotate(goal_retention=Subquery(_retention_of_goal(OuterRef("skill"))))


def _retention_of_goal(skill_id: UUID | OuterRef) -> "QuerySet[SkillNode, float | None]":
    skill = SkillNode.objects.accepted().filter(pk=skill_id)
    return skill.values_list("tree__goal__desired_retention", flat=True)


class Card(models.Model):
    """One card of a note. A reversed or cloze note has several cards, which share `note_id` and differ in `ordinal`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    note_id = models.UUIDField(default=new_id)
    # Reverse: 0 asks the question, 1 asks the answer. Cloze: n hides {{cn::…}}.
    ordinal = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=CardKind.choices, default=CardKind.BASIC)
    question = models.TextField()
    answer = models.TextField(blank=True)
    # SHA-256 of the normalized sides: two cards with the same fingerprint are the same card.
    fingerprint = models.CharField(max_length=64, editable=False)
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    status = models.CharField(max_length=10, choices=CardStatus.choices, default=CardStatus.ACTIVE)
    buried_until = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="cards")
    generation = models.ForeignKey(Generation, on_delete=models.SET_NULL, null=True, blank=True, related_name="cards")
    # Cards and their reviews outlive the skill.
    skill = models.ForeignKey(SkillNode, on_delete=models.SET_NULL, null=True, blank=True, related_name="cards")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=CardState.choices, default=CardState.NEW)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    due = models.DateTimeField(default=timezone.now)
    stability = models.FloatField(null=True, blank=True)  # days until retrievability is 0.9
    difficulty = models.FloatField(null=True, blank=True)  # 1 (easy) to 10
    # The exponent of the forgetting curve, from the weights that computed `stability`.
    decay = models.FloatField(default=DEFAULT_DECAY)
    reps = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    last_review = models.DateTimeField(null=True, blank=True)

    # Set by `CardQuerySet.joined`.
    message_json: dict[str, Any] | None
    skill_json: dict[str, Any] | None

    objects = CardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "due", "id"],
                name="card_due",
                condition=Q(deleted_at=None, state="review", status__in=["active", "buried"]),
            ),
            # Separate from `card_due`, which is much larger, because each review page looks for steps that are due.
            models.Index(
                fields=["owner", "due", "id"],
                name="card_steps",
                condition=Q(deleted_at=None, state__in=["learning", "relearning"], status__in=["active", "buried"]),
            ),
            models.Index(
                fields=["owner", "id"],
                name="card_unseen",
                condition=Q(deleted_at=None, state="new", status__in=["active", "buried"]),
            ),
            models.Index(fields=["buried_until"], name="card_buried", condition=Q(status="buried")),
            models.Index(fields=["owner", "-id"], name="card_list", condition=Q(deleted_at=None)),
            models.Index(fields=["note_id"], name="card_note"),
            # Counts a whole deck by state without reading its rows.
            models.Index(
                fields=["owner", "state", "status"],
                name="card_totals",
                condition=Q(deleted_at=None) & ~Q(status="draft"),
            ),
            # All that the mastery of a skill depends on, so that its sums read no rows.
            models.Index(
                fields=["owner", "skill"],
                include=["stability", "decay", "last_review", "due", "state", "status", "buried_until"],
                name="card_mastery",
                condition=Q(deleted_at=None, skill__isnull=False) & ~Q(status="draft"),
            ),
            models.Index(fields=["deleted_at"], name="card_purge", condition=Q(deleted_at__isnull=False)),
            GinIndex(fields=["tags"], name="card_tags"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "fingerprint"],
                condition=Q(deleted_at=None) & ~Q(status="draft"),
                name="same_card_once_in_deck",
            ),
            models.CheckConstraint(
                condition=Q(difficulty=None) | Q(difficulty__gte=1, difficulty__lte=10), name="difficulty_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return self.question[:60]

    @property
    def goal_id(self) -> UUID | None:
        """The goal whose accepted tree has the card's skill. The card must have been read `joined`."""
        return UUID(self.skill_json["goal_id"]) if self.skill_json else None

    @cached_property
    def goal_retention(self) -> float | None:
        """The desired retention of the card's goal; None if there is none, and that of the user's settings applies.

        It takes a statement, unless the card was read `joined` or `with_goal_retention`.
        """
        if "skill_json" in vars(self):
            return self.skill_json["goal_retention"] if self.skill_json else None
        return _retention_of_goal(self.skill_id).first() if self.skill_id else None

    @property
    def sides(self) -> Sides:
        """Front and back, as Markdown."""
        return sides(kind=self.kind, ordinal=self.ordinal, question=self.question, answer=self.answer)

    def retrievability(self, at: datetime) -> float | None:
        """The probability of recall at `at`, 0 to 1; None for a card that has never been reviewed."""
        if self.stability is None or self.last_review is None:
            return None
        return retrievability(stability=self.stability, decay=self.decay, elapsed=at - self.last_review)
