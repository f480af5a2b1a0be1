"""Reads for the pages of study."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from accounts.models import User
from flashcards.generation.models import GenerationStatus
from flashcards.models import Card, CardState
from goals.models import Goal, SkillNode, TreeStatus
from goals.trees.queries import Skill, Tree, read_tree
from quiz.mastery.queries import NOTHING, GoalMastery, mastery_of_goal
from quiz.models import SkillTest
from quiz.scheduling.due import DueToday
from quiz.scheduling.queues import cards_in
from quiz.scheduling.review_context import review_context
from quiz.scheduling.scope import StudyScope
from quiz.study.next_skills import Reason, SkillState, next_skills
from quiz.study.questions import PASS_MARK, QUESTIONS, draw_questions, question_of
from quiz.study.reasons import reason_text

MAX_STEPS = 3  # that the page shows when nothing is due


@dataclass(frozen=True)
class NextStep:
    """A skill to learn next, with the reason as a sentence. `is_ready`: it waits for no other skill."""

    skill: SkillState
    reason: Reason
    text: str
    is_ready: bool


def next_steps(*, goal: Goal, at: datetime) -> list[NextStep]:
    """What to learn next of the goal: what is ready, the weakest first, then what waits for other skills.

    Empty without an accepted tree, or when all skills have reached their target. Four statements.
    """
    tree = goal.trees.filter(status=TreeStatus.ACCEPTED).first()
    return steps_in(read_tree(tree), mastery_of_goal(goal=goal, at=at)) if tree else []


def steps_in(tree: Tree, mastery: GoalMastery, *, limit: int | None = None) -> list[NextStep]:
    """The first of `next_steps`, for a page that has read the tree and its mastery already. Without a statement."""
    states = [_state(skill, mastery) for skill in tree]
    ready, waiting = next_skills(states, target=mastery.total.target)
    return [
        NextStep(found.skill, found.reason, reason_text(found), is_ready=not found.waits_for)
        for found in [*ready, *waiting][:limit]
    ]


def _state(skill: Skill, mastery: GoalMastery) -> SkillState:
    tally, own = mastery.skills.get(skill.id, NOTHING), mastery.own.get(skill.id, NOTHING)
    return SkillState(
        id=skill.id,
        title=skill.title,
        parent_id=skill.parent_id,
        path=skill.path,
        requires=skill.requires,
        is_lesson=not skill.children or own.cards > 0,
        cards=tally.cards,
        mastery=tally.mastery,
        coverage=tally.coverage,
        is_fading=tally.fading,
    )


@dataclass(frozen=True)
class WhatNext:
    """What a user can do when nothing is due in a scope. `ahead`: cards that can be studied ahead now.

    `steps` are other skills of the same goal that are ready.
    """

    has_cards: bool
    ahead: int
    next_due: datetime | None
    steps: list[NextStep]


def what_next(*, owner: User, scope: StudyScope, at: datetime) -> WhatNext:
    cards = cards_in(scope, owner).studied(at)
    next_due = cards.exclude(state=CardState.NEW).filter(due__gt=at).aggregate(due=Min("due"))["due"]
    ahead = DueToday.of(owner, review_context(owner), at, scope.studied_ahead()).counts.total
    return WhatNext(has_cards=cards.exists(), ahead=ahead, next_due=next_due, steps=_other_steps(scope, at))


def _other_steps(scope: StudyScope, at: datetime) -> list[NextStep]:
    if scope.goal is None:
        return []
    studied = scope.skill.pk if scope.skill else None
    steps = [step for step in next_steps(goal=scope.goal, at=at) if step.is_ready and step.skill.id != studied]
    return steps[:MAX_STEPS]


@dataclass(frozen=True)
class QuestionResult:
    """A question of a test that has ended. `card` is None if it was deleted since."""

    card: Card | None
    known: bool


@dataclass(frozen=True)
class SkillTestPage:
    """What the page of a skill's test shows: the open test with its `question`, or else what can be done.

    `question` is None, too, when its card was deleted during the test. `last` is the latest test that has ended.
    `available` is how many questions could be drawn. `is_making`: a model is making cards for the skill. `error` says
    why the latest attempt failed.
    """

    open: SkillTest | None
    question: Card | None
    last: SkillTest | None
    result: list[QuestionResult]
    tested_today: bool
    available: int
    is_making: bool
    error: str

    QUESTIONS = QUESTIONS
    PASS_MARK = PASS_MARK

    @property
    def number(self) -> int:
        """Of the question, from 1."""
        return len(self.open.answers) + 1 if self.open else 0

    @property
    def right(self) -> int:
        return sum(self.last.answers) if self.last else 0


def test_page(*, skill: SkillNode, at: datetime) -> SkillTestPage:
    tests = SkillTest.objects.filter(skill=skill).select_related("owner").order_by("-started_at")
    unfinished = tests.filter(ended_at=None).first()
    last = tests.filter(ended_at__isnull=False).first()
    making = None if unfinished else skill.generations.order_by("-created_at").first()
    calendar = review_context(skill.owner).calendar
    return SkillTestPage(
        open=unfinished,
        question=question_of(unfinished) if unfinished else None,
        last=last,
        result=_result(last) if last and not unfinished else [],
        tested_today=bool(last and last.ended_at and calendar.day_of(last.ended_at) == calendar.day_of(at)),
        available=0 if unfinished else len(draw_questions(skill=skill, test_id=skill.pk)),
        is_making=bool(making and making.status == GenerationStatus.RUNNING),
        error=making.error["detail"] if making and making.error else "",
    )


def _result(test: SkillTest) -> list[QuestionResult]:
    cards = Card.objects.alive().filter(owner_id=test.owner_id).in_bulk(test.cards)
    return [QuestionResult(cards.get(pk), known) for pk, known in zip(test.cards, test.answers, strict=True)]
