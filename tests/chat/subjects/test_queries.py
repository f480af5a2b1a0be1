import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import NotFound
from chat.subjects.queries import conversations_about, subject_of, subject_options
from chat.subjects.subject import NO_SUBJECT, Subject
from tests.factories import ConversationFactory, GoalFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db


def test_a_skill_brings_its_goal(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    goal, other = skill.tree.goal, GoalFactory(owner=alice)
    assert subject_of(alice, skill_id=skill.pk) == subject_of(alice, goal_id=goal.pk, skill_id=skill.pk)
    assert subject_of(alice, skill_id=skill.pk) == Subject(goal, skill)
    assert subject_of(alice) == NO_SUBJECT
    for goal_id, skill_id in ((other.pk, skill.pk), (GoalFactory().pk, None), (None, SkillNodeFactory().pk)):
        with pytest.raises(NotFound):
            subject_of(alice, goal_id=goal_id, skill_id=skill_id)


def test_the_options_are_the_living_goals_and_the_skills_of_the_chosen_one(alice: User) -> None:
    assert subject_options(alice) == []
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Spanish", title="Past")
    below = SkillNodeFactory(parent=skill, title="Irregular")
    GoalFactory(owner=alice, title="Chess")
    GoalFactory(owner=alice, title="Finished", status="done")
    options = subject_options(alice, Subject(skill.tree.goal, below))
    assert [(option.label, option.depth) for option in options] == [
        ("No goal", 0),
        ("Spanish", 0),
        ("Past", 1),
        ("Irregular", 2),
        ("Chess", 0),
    ]
    assert [option.value for option in options if option.selected] == [f"skill:{below.pk}"]


def test_what_is_deleted_is_no_subject(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    goal = skill.tree.goal
    conversation = ConversationFactory(owner=alice, goal=goal, skill=skill)
    assert Subject.of(conversation) == Subject(goal, skill)
    skill.deleted_at = timezone.now()
    assert Subject.of(conversation) == Subject(goal)
    goal.deleted_at = timezone.now()
    assert Subject.of(conversation) == NO_SUBJECT


def test_the_chats_of_a_goal_are_those_of_its_skills_too(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    goal = skill.tree.goal
    about_goal, about_skill = (ConversationFactory(owner=alice, goal=goal, skill=about) for about in (None, skill))
    ConversationFactory(owner=alice, goal=goal, deleted_at=timezone.now())
    with django_assert_num_queries(1):
        assert list(conversations_about(goal=goal)) == [about_skill, about_goal]
    assert list(conversations_about(skill=skill)) == [about_skill]
