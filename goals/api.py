"""The JSON API of goals."""

from uuid import UUID

from ninja import Query, Router, Status

from base.api.document import raises
from base.api.pagination import InvalidCursor, Page, paginate
from base.http import ApiRequest
from base.models import database_time
from goals import services
from goals.errors import NoTitle
from goals.schemas import GoalChange, GoalFilter, GoalOut, NewGoal

router = Router(tags=["Goals"])


@router.get("", response=Page[GoalOut])
@raises(InvalidCursor)
def goal_list(request: ApiRequest, filters: Query[GoalFilter]) -> Page[GoalOut]:
    """The newest first."""
    goals = request.user.goals.alive()
    return paginate(goals.filter(status=filters.status) if filters.status else goals, filters, GoalOut.of)


@router.post("", response={201: GoalOut})
@raises(NoTitle)
def goal_create(request: ApiRequest, body: NewGoal) -> Status[GoalOut]:
    return Status(201, GoalOut.of(services.create_goal(owner=request.user, **body.model_dump())))


@router.get("/{uuid:goal_id}", response=GoalOut)
def goal_detail(request: ApiRequest, goal_id: UUID) -> GoalOut:
    return GoalOut.of(request.user.goals.alive().get_or_not_found(goal_id))


@router.patch("/{uuid:goal_id}", response=GoalOut)
@raises(NoTitle)
def goal_edit(request: ApiRequest, goal_id: UUID, body: GoalChange) -> GoalOut:
    """Change the fields that are given."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return GoalOut.of(services.change_goal(goal=goal, **body.model_dump(exclude_unset=True)))


@router.put("/{uuid:goal_id}", response=GoalOut)
@raises(NoTitle)
def goal_replace(request: ApiRequest, goal_id: UUID, body: NewGoal) -> GoalOut:
    """Set all fields that a new goal has."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return GoalOut.of(services.change_goal(goal=goal, **body.model_dump()))


@router.delete("/{uuid:goal_id}", response={204: None})
def goal_delete(request: ApiRequest, goal_id: UUID) -> Status[None]:
    """Cards and conversations of the goal stay."""
    services.delete_goal(goal=request.user.goals.alive().get_or_not_found(goal_id), at=database_time())
    return Status(204, None)


ROUTERS = {"/goals": router}
