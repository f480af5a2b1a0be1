"""Services of study: tests that prove that a user knows a skill, and marking it as known by hand."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from base.models import new_id
from goals.models import SkillNode
from goals.trees import services as trees
from quiz.errors import AlreadyTested, TooFewQuestions
from quiz.models import SkillTest
from quiz.scheduling.review_context import review_context
from quiz.study.known import KnownMark, known_again
from quiz.study.questions import PASS_MARK, QUESTIONS, draw_questions, question_of

RESUME_TIME = timedelta(hours=12)  # a test that was left is continued; after this time, another one begins


@transaction.atomic
def start_test(*, owner: User, skill: SkillNode, at: datetime) -> SkillTest:
    """Draw the questions of a test of the user's skill, or continue the one that is open.

    Raises AlreadyTested or TooFewQuestions.
    """
    skill = SkillNode.objects.select_for_update().get(pk=skill.pk)
    tests = owner.skill_tests.filter(skill=skill)
    for test in tests.filter(ended_at=None).select_related("owner"):
        if test.started_at > at - RESUME_TIME and question_of(test):
            return test
        test.delete()  # it was left, or a card of it was deleted
    calendar = review_context(owner).calendar
    if tests.filter(ended_at__gte=calendar.start_of(calendar.day_of(at))).exists():
        raise AlreadyTested
    test_id = new_id()
    cards = draw_questions(skill=skill, test_id=test_id)
    if len(cards) < QUESTIONS:
        raise TooFewQuestions
    return SkillTest.objects.create(id=test_id, owner=owner, skill=skill, cards=cards, started_at=at)


@transaction.atomic
def answer_question(*, test: SkillTest, number: int, known: bool, at: datetime) -> SkillTest:
    """Record whether the user knew the question of this number, from 0. One that was answered already keeps its answer.

    The last answer ends the test. If it is passed, the skill is known from now on.
    """
    test = SkillTest.objects.select_for_update().select_related("skill", "owner").get(pk=test.pk)
    if test.ended_at is not None or number != len(test.answers):
        return test
    test.answers = [*test.answers, known]
    if len(test.answers) == len(test.cards):
        test.ended_at = at
        test.passed = sum(test.answers) >= PASS_MARK
        if test.passed:
            mark_known(skill=test.skill, at=at)
    test.save(update_fields=["answers", "ended_at", "passed"])
    return test


@transaction.atomic
def undo_answer(*, test: SkillTest) -> SkillTest:
    """Take back the last answer of a test that has not ended."""
    test = SkillTest.objects.select_for_update().get(pk=test.pk)
    if test.ended_at is None and test.answers:
        test.answers = test.answers[:-1]
        test.save(update_fields=["answers"])
    return test


@transaction.atomic
def mark_known(*, skill: SkillNode, at: datetime) -> KnownMark | None:
    """Note that the user knows the skill. Returns the mark that it had before, for `restore_mark`."""
    skill = SkillNode.objects.select_for_update(of=("self",)).select_related("owner").get(pk=skill.pk)
    before, context = mark_of(skill), review_context(skill.owner)
    elapsed_days = context.calendar.days_between(before.at, at) if before else 0
    mark = known_again(before, settings=context.scheduler, elapsed_days=elapsed_days, at=at)
    trees.mark_known(skill=skill, at=mark.at, stability=mark.stability)
    return before


@transaction.atomic
def restore_mark(*, skill: SkillNode, mark: KnownMark | None) -> None:
    """Give the skill the mark that it had before, or none."""
    if mark is None:
        trees.unmark_known(skill=skill)
    else:
        trees.mark_known(skill=skill, at=mark.at, stability=mark.stability)


def mark_of(skill: SkillNode) -> KnownMark | None:
    if skill.known_at is None or skill.known_stability is None:
        return None
    return KnownMark(skill.known_at, skill.known_stability)
