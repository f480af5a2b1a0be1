"""The JSON API of review. `quiz` and `study` are two names of one implementation."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime, BaseModel

from base.api.pagination import Listing, Page, paginate
from base.http import ApiRequest
from flashcards.api import CardOut, card_or_404
from quiz import queries, services
from quiz.models import Rating, Review, ReviewSettings
from quiz.progress import progress_of
from quiz.queries import Asked, Counts
from quiz.scheduling.fsrs_scheduler import DEFAULT_WEIGHTS, Outcome
from quiz.scheduling.interval_labels import interval_label
from quiz.scheduling.review_context import settings_of

router = Router(tags=["Review"])
study = Router(tags=["Review"])
progress = Router(tags=["Review"])
buried_cards = Router(tags=["Cards"])

BUTTONS = ("again", "hard", "good", "easy")
Steps = Annotated[list[Annotated[int, Field(ge=1, le=604_800)]], Field(max_length=10)]


class PreviewOut(BaseModel):
    due: datetime
    interval_seconds: int
    label: str

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        seconds = round(outcome.interval.total_seconds())
        return cls(due=outcome.due, interval_seconds=seconds, label=interval_label(outcome.interval))


class AskedOut(CardOut):
    previews: dict[str, PreviewOut]

    @classmethod
    def of_asked(cls, asked: Asked) -> Self:
        previews = dict(zip(BUTTONS, map(PreviewOut.of, asked.previews), strict=True))
        return cls.of(asked.card, previews=previews)


class CountsOut(BaseModel):
    new: int
    learning: int
    review: int


class DueOut(BaseModel):
    items: list[AskedOut]
    counts: CountsOut


class DueQuery(Schema):
    limit: int = Field(20, ge=1, le=200)
    goal_id: UUID | None = None
    skill_node_id: UUID | None = None


class RatingIn(Schema):
    card_id: UUID
    rating: Rating
    review_id: UUID
    duration_ms: int = Field(0, ge=0, le=2**31 - 1)
    reps: int | None = Field(None, ge=0)


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


class SettingsChange(Schema):
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
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = Field(None, alias="to")
    goal_id: UUID | None = None


class GoalQuery(Schema):
    goal_id: UUID | None = None


@router.get("/due", response=DueOut)
@study.get("/due", operation_id="study_due", response=DueOut)
def due(request: ApiRequest, query: Query[DueQuery]) -> DueOut:
    """What to ask now: ended steps, then reviews of the day, then new cards, within the day's limits."""
    if query.goal_id or query.skill_node_id:
        return DueOut(items=[], counts=_counts(Counts(0, 0, 0)))
    queue = queries.due_queue(owner=request.user, at=timezone.now(), limit=query.limit)
    return DueOut(items=[AskedOut.of_asked(asked) for asked in queue.asked], counts=_counts(queue.counts))


def _counts(counts: Counts) -> CountsOut:
    return CountsOut(new=counts.new, learning=counts.learning, review=counts.review)


@router.post("/rate", response=Rated)
@study.post("/rate", operation_id="study_rate", response=Rated)
def rate(request: ApiRequest, body: RatingIn) -> Rated:
    """Record an answer. A card that isn't due yet may be answered: the schedule counts the time that passed."""
    card = card_or_404(request, body.card_id)
    review = services.rate_card(card=card, at=timezone.now(), **body.dict(exclude={"card_id"}))
    return Rated(card=CardOut.of(review.card or card), review=ReviewOut.of(review))


@router.post("/undo", response=Undone)
def undo(request: ApiRequest) -> Undone:
    """Take the latest answer of the last 24 hours back."""
    return Undone(card=CardOut.of(services.undo_review(owner=request.user, at=timezone.now())))


@router.get("/stats")
@progress.get("/stats", operation_id="progress_stats")
def stats(request: ApiRequest, query: Query[GoalQuery]) -> dict[str, Any]:
    """Days are the person's own; `true_retention` is a share of 1, null without any answer to count."""
    numbers = progress_of(owner=request.user, at=timezone.now())
    return {
        "today": vars(numbers.today),
        "totals": vars(numbers.totals),
        "true_retention": numbers.retention.share,
        "true_retention_answers": numbers.retention.answers,
        "true_retention_days": numbers.retention.days,
        "desired_retention": numbers.desired_retention,
        "forecast": [{"date": day.day, "due": day.count} for day in numbers.forecast],
        "heatmap": [{"date": day.day, "reviews": day.count} for day in numbers.heatmap],
        "streak": numbers.streak,
    }


@router.get("/history", response=Page[ReviewOut])
@progress.get("/history", operation_id="progress_history", response=Page[ReviewOut])
def history(request: ApiRequest, query: Query[HistoryQuery]) -> Page[ReviewOut]:
    """Answers from `from` up to `to`, the newest first."""
    reviews = queries.history(owner=request.user, since=query.since, until=query.until)
    return paginate(Review.objects.none() if query.goal_id else reviews, query, ReviewOut.of)


@router.get("/settings", response=SettingsOut)
def settings_detail(request: ApiRequest) -> SettingsOut:
    return SettingsOut.of(settings_of(request.user))


@router.patch("/settings", response=SettingsOut)
def settings_edit(request: ApiRequest, body: SettingsChange) -> SettingsOut:
    """What is not named stays; cards keep the due dates they have."""
    changes = body.dict(exclude_unset=True)
    weights = changes.pop("parameters", None)
    return SettingsOut.of(services.change_settings(owner=request.user, weights=weights, **changes))


@buried_cards.post("/{uuid:card_id}/bury", response=CardOut)
def card_bury(request: ApiRequest, card_id: UUID) -> CardOut:
    """Set the card aside until the person's next day."""
    services.bury_until_tomorrow(owner=request.user, cards=[card_or_404(request, card_id)], at=timezone.now())
    return CardOut.of(get_object_or_404(request.user.cards, pk=card_id))


ROUTERS = {"/flashcards": buried_cards, "/quiz": router, "/study": study, "/progress": progress}
