"""Records the mastery of goals day by day, because it cannot be read from the cards later on."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from accounts.models import User
from goals.models import Goal, TreeStatus
from quiz.mastery.queries import mastery_of_goals
from quiz.models import MasteryDay, ReviewSettings
from quiz.scheduling.calendar import Calendar
from quiz.scheduling.review_context import review_context

BATCH_SIZE = 200  # users in one run of the periodic task


def record_mastery_of_users(*, at: datetime) -> None:
    """Record the mastery of all users whose day has begun since their last record."""
    for owner in _without_record(at)[:BATCH_SIZE]:
        record_mastery(owner=owner, at=at)


@transaction.atomic
def record_mastery(*, owner: User, at: datetime) -> None:
    """Record the mastery of the user's goals for the day of `at`, unless it has been recorded."""
    day = review_context(owner).calendar.day_of(at)
    totals = {goal_id: known.total for goal_id, known in mastery_of_goals(owner=owner, at=at).items()}
    MasteryDay.objects.bulk_create(
        [
            MasteryDay(
                owner=owner, goal_id=goal_id, day=day, mastery=mastery, cards=total.cards, answered=total.answered
            )
            for goal_id, total in totals.items()
            if (mastery := total.mastery) is not None
        ],
        ignore_conflicts=True,
    )


def _without_record(at: datetime) -> list[User]:
    """The users with skills to whom the latest recorded day is over, or who have no record."""
    settings, defaults = ReviewSettings.objects.filter(owner=OuterRef("pk")), ReviewSettings()
    goals = Goal.objects.living().filter(trees__status=TreeStatus.ACCEPTED, trees__nodes__deleted_at=None)
    owners = User.objects.filter(pk__in=goals.values("owner")).annotate(
        latest=Max("mastery_days__day"),
        zone=Subquery(settings.values("time_zone")),
        hour=Subquery(settings.values("day_start_hour")),
    )
    found: list[User] = []
    for owner in owners.order_by("pk"):
        zone = ZoneInfo(owner.zone or defaults.time_zone)
        hour = defaults.day_start_hour if owner.hour is None else owner.hour
        if owner.latest is None or owner.latest < Calendar(zone, hour).day_of(at):
            found.append(owner)
    return found
