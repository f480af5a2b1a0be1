from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from quiz.mastery.queries import mastery_of_goal, outlook_of_goal
from quiz.mastery.services import record_mastery, record_mastery_of_users
from quiz.models import MasteryDay, ReviewSettings
from tests.factories import CardFactory, GoalFactory, ReviewFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_each_day_of_a_user_is_recorded_once(alice: User, mallory: User) -> None:
    ReviewSettings.objects.create(owner=alice, time_zone="Pacific/Auckland")
    for owner in (alice, mallory):
        CardFactory(owner=owner, skill=SkillNodeFactory(tree__goal__owner=owner), reviewed=True, due=NOON)
    GoalFactory(owner=alice)
    for hours in (0, 1, 4):
        record_mastery_of_users(at=NOON + timedelta(hours=hours))
    days = {owner: [day.day.day for day in owner.mastery_days.order_by("day")] for owner in (alice, mallory)}
    assert days == {alice: [10, 11], mallory: [10]}  # noon is 1:00 in Auckland, where days begin at 4:00
    first = mallory.mastery_days.earliest("day")
    assert (round(first.mastery, 6), first.cards, first.answered) == (0.9, 1, 1)


def test_a_goal_without_cards_has_no_record(alice: User) -> None:
    SkillNodeFactory(tree__goal__owner=alice)
    record_mastery(owner=alice, at=NOON)
    assert not MasteryDay.objects.exists()


def test_the_outlook_has_the_recorded_days_the_present_mastery_and_the_pace(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__target_date=date(2026, 3, 12))
    goal = skill.tree.goal
    CardFactory.create_batch(16, owner=alice, skill=skill)
    for days_ago in (20, 3, 2):
        at = NOON - timedelta(days=days_ago)
        for _review in range(14):
            ReviewFactory(card__owner=alice, goal_id=goal.pk, reviewed_at=at)
        record_mastery(owner=alice, at=at)
    known = mastery_of_goal(goal=goal, at=NOON)
    outlook = outlook_of_goal(goal=goal, known=known)
    assert outlook
    assert [(NOON.date() - point.day).days for point in outlook.history] == [20, 3, 2, 0]
    assert (outlook.pace.per_day, outlook.pace.left) == (2.0, 16)
    assert (outlook.pace.finish, outlook.pace.days_late) == (date(2026, 3, 18), 6)


def test_a_goal_without_cards_has_no_outlook(alice: User) -> None:
    goal = SkillNodeFactory(tree__goal__owner=alice).tree.goal
    assert outlook_of_goal(goal=goal, known=mastery_of_goal(goal=goal, at=NOON)) is None
