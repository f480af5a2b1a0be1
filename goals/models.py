"""Goals, and the skill trees that they grow into."""

from datetime import UTC, datetime, time
from typing import Self
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import OwnedQuerySet, new_id
from base.runs import Run
from providers.models import ProviderName

MAX_TITLE_LENGTH = 200  # characters of the title of a goal or of a skill
MAX_GOAL_DESCRIPTION_LENGTH = 5_000
MAX_SKILL_DESCRIPTION_LENGTH = 2_000
MAX_DEPTH = 3  # levels below the goal
MAX_NODES = 300  # of one tree


class GoalStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    ARCHIVED = "archived", _("Archived")


class TreeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REPLACED = "replaced", _("Replaced")


class TreeOrigin(models.TextChoices):
    MODEL = "model", _("Proposed by a model")
    OUTLINE = "outline", _("From an outline")
    MANUAL = "manual", _("Made by hand")


class TreeRunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class GoalQuerySet(OwnedQuerySet["Goal"]):
    def alive(self) -> Self:
        """Not deleted. A deleted goal can be restored until it is purged."""
        return self.filter(deleted_at=None)

    def living(self) -> Self:
        """The goals that the user still works on, or will again."""
        return self.alive().filter(status__in=[GoalStatus.ACTIVE, GoalStatus.PAUSED])

    def in_order(self) -> Self:
        """In the order that the user chose; new ones last."""
        return self.order_by("position", "id")


class Goal(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="goals")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    description = models.TextField(blank=True)
    target_date = models.DateField(null=True, blank=True)
    # Schedules the cards of this goal; null: that of the user's review settings.
    desired_retention = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.7), MaxValueValidator(0.99)]
    )
    status = models.CharField(max_length=10, choices=GoalStatus.choices, default=GoalStatus.ACTIVE)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "position", "id"], name="goal_list", condition=Q(deleted_at=None)),
            models.Index(fields=["deleted_at"], name="goal_purge", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("goals:goal-detail", args=[self.pk])

    @property
    def target_moment(self) -> datetime | None:
        """The target date as the index has it: its beginning in UTC."""
        return datetime.combine(self.target_date, time.min, UTC) if self.target_date else None


class SkillTree(models.Model):
    """The skills of one goal. A goal has at most one accepted tree, and at most one that waits for a decision."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_trees")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="trees")
    status = models.CharField(max_length=10, choices=TreeStatus.choices, default=TreeStatus.PROPOSED)
    origin = models.CharField(max_length=10, choices=TreeOrigin.choices)
    provider = models.CharField(max_length=20, choices=ProviderName.choices, blank=True)
    model = models.CharField(max_length=100, blank=True)
    # The accepted node below which this proposal would go; null: it would replace the whole tree.
    branch = models.ForeignKey("SkillNode", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Counts the changes of the tree. Who changes it names the revision that they saw.
    revision = models.PositiveIntegerField(default=1)
    # What was corrected in the model's answer or in the pasted outline: see `goals.growing.corrections`.
    corrections = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # When another tree replaced it, or when the user discarded the proposal.
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet["SkillTree"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal"], condition=Q(status="accepted"), name="one_accepted_tree"),
            models.UniqueConstraint(fields=["goal"], condition=Q(status="proposed"), name="one_proposed_tree"),
        ]

    def __str__(self) -> str:
        return f"{self.status} tree {self.pk}"


class SkillNodeQuerySet(OwnedQuerySet["SkillNode"]):
    def alive(self) -> Self:
        """Not deleted, and of a goal that is not deleted, in a tree of any status."""
        return self.filter(deleted_at=None, tree__goal__deleted_at=None)

    def accepted(self) -> Self:
        """The skills that cards, study and mastery know: of accepted trees, and not deleted."""
        return self.alive().filter(tree__status=TreeStatus.ACCEPTED)

    def in_subtree(self, skill_id: UUID) -> Self:
        """The skill with this id, and all below it."""
        # A skill is at most MAX_DEPTH - 1 levels below a branch.
        return self.filter(Q(pk=skill_id) | Q(parent=skill_id) | Q(parent__parent=skill_id))

    def in_order(self) -> Self:
        """Siblings in their order. The order of a whole tree follows from it and from `parent`."""
        return self.order_by("depth", "position", "id")


class SkillNode(models.Model):
    """A skill, or a group of skills. Depth 1 is a branch of the tree."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_nodes")
    tree = models.ForeignKey(SkillTree, on_delete=models.CASCADE, related_name="nodes")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    description = models.TextField(blank=True)
    depth = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)  # among its siblings
    # When the user proved or said that they know the skill already. From then on its recall decays like that of a card
    # whose stability is `known_stability` days.
    known_at = models.DateTimeField(null=True, blank=True)
    known_stability = models.FloatField(null=True, blank=True)
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, related_name="dependents", through="SkillPrerequisite"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SkillNodeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["tree", "depth", "position"], name="skill_order", condition=Q(deleted_at=None)),
            models.Index(fields=["deleted_at"], name="skill_purge", condition=Q(deleted_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=MAX_DEPTH), name="skill_depth"),
            models.CheckConstraint(
                condition=Q(depth=1, parent=None) | Q(depth__gt=1, parent__isnull=False), name="branches_have_no_parent"
            ),
            models.CheckConstraint(
                condition=Q(known_at=None, known_stability=None) | Q(known_at__isnull=False, known_stability__gt=0),
                name="known_with_stability",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("flashcards:skill-detail", args=[self.pk])

    @property
    def is_accepted(self) -> bool:
        """Whether `SkillNodeQuerySet.accepted` has it. This reads its tree and its goal."""
        tree = self.tree
        return self.deleted_at is None and tree.status == TreeStatus.ACCEPTED and tree.goal.deleted_at is None


class SkillPrerequisite(models.Model):
    """`node` builds on `requires`, a skill of the same tree."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_prerequisites")
    node = models.ForeignKey(SkillNode, on_delete=models.CASCADE, related_name="prerequisite_links")
    requires = models.ForeignKey(SkillNode, on_delete=models.CASCADE, related_name="dependent_links")

    objects = OwnedQuerySet["SkillPrerequisite"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "requires"], name="prerequisite_once"),
            models.CheckConstraint(condition=~Q(node=F("requires")), name="not_its_own_prerequisite"),
        ]

    def __str__(self) -> str:
        return f"{self.node_id} requires {self.requires_id}"


class TreeRun(Run):
    """One request to a model for a skill tree, or for a branch of one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tree_runs")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="tree_runs")
    # The accepted node whose subtree is asked for; null: a tree of the whole goal.
    branch = models.ForeignKey(SkillNode, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    tree = models.ForeignKey(SkillTree, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    provider = models.CharField(max_length=20, choices=ProviderName.choices)
    model = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=TreeRunStatus.choices, default=TreeRunStatus.RUNNING)
    attempt = models.PositiveSmallIntegerField(default=1)  # 2: the first answer was no tree, and the model was told why
    # Titles of the skills received so far, for the page that waits.
    received = models.JSONField(default=list, blank=True)

    objects = OwnedQuerySet["TreeRun"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="tree_run_running", condition=Q(status="running"))]
        constraints = [
            models.UniqueConstraint(fields=["goal"], condition=Q(status="running"), name="one_tree_run_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.status} tree run {self.pk}"
