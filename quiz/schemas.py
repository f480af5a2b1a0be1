"""The shapes of the JSON API of reviews."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field, Schema
from pydantic import BaseModel

from base.api.pagination import Listing
from base.api.schemas import RequestBody
from base.api.values import Choice, Key, Moment
from flashcards.schemas import CardFields, CardOut, card_fields
from quiz.models import Rating, Review, ReviewSettings
from quiz.progress.queries import DayCount, Progress
from quiz.queries import DueCard, DueQueue
from quiz.scheduling.due import Counts
from quiz.scheduling.fsrs_scheduler import DEFAULT_WEIGHTS, ScheduledReview
from quiz.scheduling.interval_labels import interval_label
from quiz.study.queries import NextStep

BUTTONS = ("again", "hard", "good", "easy")
Steps = Annotated[list[Annotated[int, Field(ge=1, le=604_800)]], Field(max_length=10)]


class PreviewOut(BaseModel):
    due: datetime
    interval_seconds: int
    label: str

    @classmethod
    def of(cls, scheduled: ScheduledReview) -> Self:
        seconds = round(scheduled.interval.total_seconds())
        return cls(due=scheduled.due, interval_seconds=seconds, label=interval_label(scheduled.interval))


class AskedOut(CardFields):
    previews: dict[str, PreviewOut]

    @classmethod
    def of(cls, due: DueCard) -> Self:
        previews = dict(zip(BUTTONS, map(PreviewOut.of, due.previews), strict=True))
        return cls(**card_fields(due.card), previews=previews)


class CountsOut(BaseModel):
    new: int
    learning: int
    review: int

    @classmethod
    def of(cls, counts: Counts) -> Self:
        return cls(new=counts.new, learning=counts.learning, review=counts.review)


class DueOut(BaseModel):
    items: list[AskedOut]
    counts: CountsOut

    @classmethod
    def of(cls, queue: DueQueue) -> Self:
        return cls(items=[AskedOut.of(due) for due in queue.cards], counts=CountsOut.of(queue.counts))


class DueQuery(Schema):
    limit: int = Field(20, ge=1, le=200)
    goal_id: Key | None = None
    skill_node_id: Key | None = None
    ahead: bool = False


class NextStepOut(BaseModel):
    """A skill to learn next. `reason` is no-cards, new, weak or fading; `text` says it as a sentence."""

    skill_node_id: UUID
    title: str
    path: list[str]
    mastery: float | None
    coverage: float | None
    cards: int
    is_ready: bool
    reason: str
    text: str

    @classmethod
    def of(cls, step: NextStep) -> Self:
        skill = step.skill
        return cls(
            skill_node_id=skill.id,
            title=skill.title,
            path=list(skill.path),
            mastery=skill.mastery,
            coverage=skill.coverage,
            cards=skill.cards,
            is_ready=step.is_ready,
            reason=step.reason,
            text=step.text,
        )


class NextSteps(BaseModel):
    items: list[NextStepOut]


class RequiredGoal(Schema):
    goal_id: Key


class RatingIn(RequestBody):
    card_id: Key
    rating: Choice[Rating]
    review_id: Key
    duration_ms: int = Field(0, ge=0, le=2**31 - 1)
    reps: int | None = Field(None, ge=0, le=2**31 - 1)


class ReviewOut(BaseModel):
    id: UUID
    review_id: UUID
    card_id: UUID | None
    rating: int
    state_before: str
    state_after: str
    stability_before: float | None
    stability_after: float
    difficulty_before: float | None
    difficulty_after: float
    elapsed_days: float
    scheduled_days: float
    duration_ms: int
    reviewed_at: datetime

    @classmethod
    def of(cls, review: Review) -> Self:
        return cls.model_validate(review, from_attributes=True)


class Rated(BaseModel):
    card: CardOut
    review: ReviewOut


class Undone(BaseModel):
    card: CardOut


class SettingsOut(BaseModel):
    """Steps are in seconds, the longest interval in days; `parameters` are the 21 weights of FSRS-6."""

    desired_retention: float
    new_per_day: int
    reviews_per_day: int
    learning_steps: list[int]
    relearning_steps: list[int]
    maximum_interval: int
    day_start_hour: int
    time_zone: str
    leech_threshold: int
    parameters: list[float]

    @classmethod
    def of(cls, settings: ReviewSettings) -> Self:
        weights = settings.parameters.weights if settings.parameters else list(DEFAULT_WEIGHTS)
        fields = {name: getattr(settings, name) for name in cls.model_fields if name != "parameters"}
        return cls(**fields, parameters=weights)


class SettingsChange(RequestBody):
    desired_retention: float = Field(0.9, ge=0.7, le=0.99)
    new_per_day: int = Field(20, ge=0, le=9_999)
    reviews_per_day: int = Field(200, ge=0, le=9_999)
    learning_steps: Steps = []
    relearning_steps: Steps = []
    maximum_interval: int = Field(36_500, ge=1, le=36_500)
    day_start_hour: int = Field(4, ge=0, le=23)
    time_zone: str = Field("UTC", max_length=64)
    leech_threshold: int = Field(8, ge=0, le=99)
    parameters: list[float] = Field([], min_length=21, max_length=21)


class HistoryQuery(Listing):
    since: Moment | None = Field(None, alias="from")
    until: Moment | None = Field(None, alias="to")
    goal_id: Key | None = None


class GoalQuery(Schema):
    goal_id: Key | None = None


class TodayOut(BaseModel, from_attributes=True):
    reviews: int
    new: int
    again: int
    duration_ms: int


class TotalsOut(BaseModel, from_attributes=True):
    cards: int
    new: int
    learning: int
    review: int
    suspended: int
    reviews: int


class ForecastDayOut(BaseModel):
    date: date
    due: int

    @classmethod
    def of(cls, day: DayCount) -> Self:
        return cls(date=day.day, due=day.count)


class HeatmapDayOut(BaseModel):
    date: date
    reviews: int

    @classmethod
    def of(cls, day: DayCount) -> Self:
        return cls(date=day.day, reviews=day.count)


class StatsOut(BaseModel):
    today: TodayOut
    totals: TotalsOut
    true_retention: float | None
    true_retention_answers: int
    true_retention_days: int
    desired_retention: float
    forecast: list[ForecastDayOut]
    heatmap: list[HeatmapDayOut]
    streak: int

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls(
            today=TodayOut.model_validate(progress.today),
            totals=TotalsOut.model_validate(progress.totals),
            true_retention=progress.retention.share,
            true_retention_answers=progress.retention.answers,
            true_retention_days=progress.retention.days,
            desired_retention=progress.desired_retention,
            forecast=[ForecastDayOut.of(day) for day in progress.forecast],
            heatmap=[HeatmapDayOut.of(day) for day in progress.heatmap],
            streak=progress.streak,
        )
