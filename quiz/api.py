"""The JSON API of reviews. `quiz` and `study` are two names of the same endpoints."""

from typing import cast
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from base.api.document import raises
from base.api.pagination import InvalidCursor, Page, paginate
from base.errors import NotFound
from base.http import ApiRequest
from flashcards.errors import CardIsDraft
from flashcards.models import Card
from flashcards.schemas import CardOut
from quiz import queries, services
from quiz.errors import BadSetting, CardMovedOn, CardNotInDeck, CardSuspended, NothingToUndo, ReviewIdTaken
from quiz.progress.queries import progress_of
from quiz.scheduling.review_context import settings_of
from quiz.scheduling.scope import StudyScope
from quiz.schemas import (
    DueOut,
    DueQuery,
    GoalQuery,
    HistoryQuery,
    NextStepOut,
    NextSteps,
    Rated,
    RatingIn,
    RequiredGoal,
    ReviewOut,
    SettingsChange,
    SettingsOut,
    StatsOut,
    Undone,
)
from quiz.study.queries import next_steps

router = Router(tags=["Review"])
study = Router(tags=["Review"])
progress = Router(tags=["Review"])
cards = Router(tags=["Cards"])


@router.get("/due", response=DueOut)
@study.get("/due", operation_id="study_due", response=DueOut)
@raises(NotFound)
def due(request: ApiRequest, query: Query[DueQuery]) -> DueOut:
    """What to ask now: ended steps, then reviews of the day, then new cards, within the day's limits.

    `skill_node_id` includes the skills below it. `ahead` adds the cards that are not due and those beyond the limits.
    """
    scope = StudyScope.of(request.user, goal_id=query.goal_id, skill_id=query.skill_node_id, ahead=query.ahead)
    return DueOut.of(queries.due_queue(owner=request.user, at=timezone.now(), limit=query.limit, scope=scope))


@study.get("/next", response=NextSteps)
@raises(NotFound)
def study_next(request: ApiRequest, query: Query[RequiredGoal]) -> NextSteps:
    """What to learn next of a goal: what is ready by its prerequisites, the weakest first, then what waits for others.

    Skills that have reached the desired retention are left out, unless they are fading.
    """
    goal = request.user.goals.alive().get_or_not_found(query.goal_id)
    return NextSteps(items=[NextStepOut.of(step) for step in next_steps(goal=goal, at=timezone.now())])


@router.post("/rate", response=Rated)
@study.post("/rate", operation_id="study_rate", response=Rated)
@raises(NotFound, CardMovedOn, CardNotInDeck, CardSuspended, ReviewIdTaken)
def rate(request: ApiRequest, body: RatingIn) -> Rated:
    """Record an answer. A card that isn't due yet may be answered: the schedule counts the time that passed."""
    review = services.rate_card(owner=request.user, at=timezone.now(), **body.model_dump())
    return Rated(card=CardOut.of(cast(Card, review.card)), review=ReviewOut.of(review))


@router.post("/undo", response=Undone)
@raises(NothingToUndo, CardMovedOn)
def undo(request: ApiRequest) -> Undone:
    """Take the latest answer of the last 24 hours back."""
    return Undone(card=CardOut.of(services.undo_review(owner=request.user, at=timezone.now())))


@router.get("/stats", response=StatsOut)
@progress.get("/stats", operation_id="progress_stats", response=StatsOut)
@raises(NotFound)
def stats(request: ApiRequest, query: Query[GoalQuery]) -> StatsOut:
    """Days are the person's own; `true_retention` is a share of 1, null without any answer to count.

    With `goal_id`, only the goal's cards count, and the answers that were given while they were its cards.
    """
    goal = request.user.goals.alive().get_or_not_found(query.goal_id) if query.goal_id else None
    return StatsOut.of(progress_of(owner=request.user, at=timezone.now(), goal=goal))


@router.get("/history", response=Page[ReviewOut])
@progress.get("/history", operation_id="progress_history", response=Page[ReviewOut])
@raises(InvalidCursor)
def history(request: ApiRequest, query: Query[HistoryQuery]) -> Page[ReviewOut]:
    """Answers from `from` up to `to`, the newest first; with `goal_id`, those for this goal, also if it is deleted."""
    reviews = queries.history(owner=request.user, since=query.since, until=query.until, goal_id=query.goal_id)
    return paginate(reviews, query, ReviewOut.of)


@router.get("/settings", response=SettingsOut)
def settings_detail(request: ApiRequest) -> SettingsOut:
    return SettingsOut.of(settings_of(request.user))


@router.patch("/settings", response=SettingsOut)
@raises(BadSetting)
def settings_edit(request: ApiRequest, body: SettingsChange) -> SettingsOut:
    """What is not named stays; cards keep the due dates they have."""
    changes = body.model_dump(exclude_unset=True)
    weights = changes.pop("parameters", None)
    return SettingsOut.of(services.change_settings(owner=request.user, weights=weights, **changes))


@cards.post("/{uuid:card_id}/bury", response=CardOut)
@raises(CardIsDraft)
def card_bury(request: ApiRequest, card_id: UUID) -> CardOut:
    """Set the card aside until the person's next day."""
    card = request.user.cards.alive().get_or_not_found(card_id)
    services.bury_until_tomorrow(owner=request.user, cards=[card], at=timezone.now())
    return CardOut.of(request.user.cards.get_or_not_found(card_id))


ROUTERS = {"/flashcards": cards, "/quiz": router, "/study": study, "/progress": progress}
