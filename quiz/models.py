"""Reviews, and the settings and weights that schedule them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import OwnedQuerySet, new_id
from flashcards.models import Card, CardState, CardStatus
from flashcards.retrievability import DEFAULT_DECAY
from goals.models import Goal, SkillNode


class Rating(models.IntegerChoices):
    AGAIN = 1, _("Again")
    HARD = 2, _("Hard")
    GOOD = 3, _("Good")
    EASY = 4, _("Easy")


def default_learning_steps() -> list[int]:
    return [60, 600]


def default_relearning_steps() -> list[int]:
    return [600]


class ParameterSet(models.Model):
    """One set of FSRS weights. It is never changed or deleted: each review refers to the set that scheduled it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="parameter_sets")
    algorithm = models.CharField(max_length=20, default="fsrs-6")
    weights = ArrayField(models.FloatField(), size=21)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OwnedQuerySet["ParameterSet"].as_manager()

    def __str__(self) -> str:
        return f"{self.algorithm} of {self.created_at:%Y-%m-%d}"


class ReviewSettings(models.Model):
    """The review settings of one user. A user without a row has the defaults. Steps are in seconds."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="review_settings"
    )
    desired_retention = models.FloatField(default=0.9, validators=[MinValueValidator(0.7), MaxValueValidator(0.99)])
    new_per_day = models.PositiveIntegerField(default=20, validators=[MaxValueValidator(9999)])
    reviews_per_day = models.PositiveIntegerField(default=200, validators=[MaxValueValidator(9999)])
    learning_steps = ArrayField(models.PositiveIntegerField(), default=default_learning_steps, blank=True, size=10)
    relearning_steps = ArrayField(models.PositiveIntegerField(), default=default_relearning_steps, blank=True, size=10)
    maximum_interval = models.PositiveIntegerField(  # days
        default=36_500, validators=[MinValueValidator(1), MaxValueValidator(36_500)]
    )
    day_start_hour = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(max_length=64, default="UTC")
    leech_threshold = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(99)])
    parameters = models.ForeignKey(ParameterSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "review settings"

    def __str__(self) -> str:
        return f"review settings of {self.owner_id}"


class Review(models.Model):
    """One rating of a card, with all earlier values, so that undo is exact and another algorithm can replay it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    # Chosen by the client, so that a repeated request is the same review. Unique for each owner.
    review_id = models.UUIDField()
    card = models.ForeignKey(Card, on_delete=models.SET_NULL, null=True, related_name="reviews")
    rating = models.PositiveSmallIntegerField(choices=Rating.choices)
    reviewed_at = models.DateTimeField()
    day = models.DateField()  # the user's day, which starts at `day_start_hour`
    duration_ms = models.PositiveIntegerField(default=0)
    # The goal of the card's skill at the time of the review. Not a foreign key: history outlives the goal.
    goal_id = models.UUIDField(null=True, blank=True)

    state_before = models.CharField(max_length=10, choices=CardState.choices)
    state_after = models.CharField(max_length=10, choices=CardState.choices)
    step_before = models.PositiveSmallIntegerField(null=True)
    step_after = models.PositiveSmallIntegerField(null=True)
    stability_before = models.FloatField(null=True)
    stability_after = models.FloatField()
    difficulty_before = models.FloatField(null=True)
    difficulty_after = models.FloatField()
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()
    last_review_before = models.DateTimeField(null=True)
    reps_before = models.PositiveIntegerField()
    lapses_before = models.PositiveIntegerField()
    decay_before = models.FloatField(default=DEFAULT_DECAY)
    status_before = models.CharField(max_length=10, choices=CardStatus.choices)
    buried_until_before = models.DateTimeField(null=True)
    # True when this review tagged the card "leech"; an undo removes the tag.
    tagged_leech = models.BooleanField(default=False)
    # [{"id", "status", "buried_until"}]: the siblings that this review buried, with their values before it.
    siblings_before = models.JSONField(default=list)
    elapsed_days = models.FloatField(default=0)
    scheduled_days = models.FloatField(default=0)
    # The probability of recall just before the review, by FSRS; null for a new card.
    retrievability = models.FloatField(null=True)
    parameter_set = models.ForeignKey(ParameterSet, on_delete=models.SET_NULL, null=True, related_name="+")
    algorithm = models.CharField(max_length=20, default="fsrs-6")

    objects = OwnedQuerySet["Review"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "reviewed_at", "id"], name="review_when"),
            models.Index(fields=["owner", "day"], name="review_day"),
            models.Index(fields=["card", "reviewed_at"], name="review_card"),
            models.Index(fields=["goal_id", "id"], name="review_goal", condition=Q(goal_id__isnull=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["owner", "review_id"], name="one_review_per_review_id")]

    def __str__(self) -> str:
        return f"{self.get_rating_display()} at {self.reviewed_at:%Y-%m-%d %H:%M}"


class ReviewDay(models.Model):
    """How many reviews of one kind a user made on one day. Statistics read it, as they would read history for too long.

    A rating counts itself here in its own transaction, and an undo takes that back: `quiz.progress.review_days`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_days")
    day = models.DateField()
    goal_id = models.UUIDField(null=True, blank=True)
    state_before = models.CharField(max_length=10, choices=CardState.choices)
    rating = models.PositiveSmallIntegerField(choices=Rating.choices)
    reviews = models.PositiveIntegerField(default=0)
    # Of these, how many were the first of their card on this day: true retention counts no others.
    first_reviews = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)

    objects = OwnedQuerySet["ReviewDay"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "day", "goal_id", "state_before", "rating"],
                name="one_row_per_kind_of_review",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviews} reviews on {self.day}"


class SkillTest(models.Model):
    """A test with which a user proves that they know a skill already. It changes no card and no schedule.

    `cards` are the questions in their order, which are drawn once. `answers` has one entry for each question answered:
    whether the user knew it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_tests")
    skill = models.ForeignKey(SkillNode, on_delete=models.CASCADE, related_name="tests")
    cards = ArrayField(models.UUIDField())
    answers = ArrayField(models.BooleanField(), default=list, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(default=False)

    objects = OwnedQuerySet["SkillTest"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["skill", "-started_at"], name="skill_test_latest")]
        constraints = [
            models.UniqueConstraint(fields=["skill"], condition=Q(ended_at=None), name="one_open_test_of_a_skill"),
        ]

    def __str__(self) -> str:
        return f"test of {self.started_at:%Y-%m-%d %H:%M}"


class MasteryDay(models.Model):
    """The mastery of a goal at the beginning of a user's day, or a few minutes later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mastery_days")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="mastery_days")
    day = models.DateField()
    mastery = models.FloatField()
    cards = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()

    objects = OwnedQuerySet["MasteryDay"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["goal", "day"], name="one_mastery_of_a_goal_per_day")]

    def __str__(self) -> str:
        return f"{self.mastery:.0%} on {self.day}"
