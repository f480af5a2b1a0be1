"""Mastery as pages and the API show it.

PostgreSQL sums the recall of a goal's cards, or of all cards of a user, in one statement. What is above a skill is
added up here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.db import connection
from psycopg.sql import SQL

from accounts.models import User
from goals.models import Goal
from quiz.mastery.formula import HORIZON, Answered, Tally, sum_of, with_subtrees
from quiz.mastery.line import Line, MasteryPoint, line_through
from quiz.mastery.pace import WINDOW_DAYS, Pace, pace_of
from quiz.scheduling.review_context import ReviewContext, review_context

NOTHING = Tally()

# `flashcards.retrievability`. `date_part` gives a double; `extract` gives a numeric, which is slow to compute with.
_RECALL = """power(
    1 + (power(0.9::float8, -1 / decay) - 1) * greatest(0, date_part('epoch', {at} - last_review)) / 86400 / stability,
    -decay
)"""
# Cards are summed before they are joined with their skills: joined first, 50,000 cards take twice as long. For the same
# reason, the sums of all goals do not ask of each card whether its skill still counts.
_SUMS = SQL("""
    WITH skill AS (
        SELECT node.id, node.parent_id, node.known_at, node.known_stability, tree.goal_id, goal.desired_retention
        FROM goals_skillnode node
        JOIN goals_skilltree tree ON tree.id = node.tree_id AND tree.status = 'accepted'
        JOIN goals_goal goal ON goal.id = tree.goal_id AND goal.deleted_at IS NULL
        WHERE node.owner_id = %(owner_id)s AND node.deleted_at IS NULL AND {skills}
    ), own AS (
        SELECT skill_id, count(*) AS cards, count(last_review) AS answered,
            sum({recall}) AS recall, sum({later_recall}) AS later_recall,
            count(*) FILTER (
                WHERE due < %(tomorrow)s AND state <> 'new' AND (state = 'review' OR due <= %(at)s)
                    AND (status = 'active' OR (status = 'buried' AND (buried_until <= %(at)s OR buried_until IS NULL)))
            ) AS due
        FROM flashcards_card
        WHERE owner_id = %(owner_id)s AND deleted_at IS NULL AND status <> 'draft' AND {cards}
        GROUP BY skill_id
    )
    SELECT skill.*, coalesce(cards, 0), coalesce(answered, 0), coalesce(recall, 0), coalesce(later_recall, 0),
        coalesce(due, 0)
    FROM skill LEFT JOIN own ON own.skill_id = skill.id
""")


def _statement(*, skills: LiteralString, cards: LiteralString) -> str:
    """The conditions choose the skills and, as far as it helps, their cards."""
    recall, later_recall = (SQL(_RECALL.format(at=at)) for at in ("%(at)s", "%(later)s"))
    return _SUMS.format(recall=recall, later_recall=later_recall, skills=SQL(skills), cards=SQL(cards)).as_string()


_OF_ALL = _statement(skills="true", cards="skill_id IS NOT NULL")
_OF_GOAL = _statement(skills="goal.id = %(goal_id)s", cards="skill_id IN (SELECT id FROM skill)")


class _Row(NamedTuple):
    """A skill, with the sums over its own cards."""

    id: UUID
    parent_id: UUID | None
    known_at: datetime | None
    known_stability: float | None
    goal_id: UUID
    desired_retention: float | None
    cards: int
    answered: int
    recall: float
    later_recall: float
    due: int

    def tally(self, target: float, at: datetime) -> Tally:
        tally = Tally(
            cards=self.cards,
            answered=self.answered,
            counted=self.cards,
            learned=self.answered,
            recall=self.recall,
            later_recall=self.later_recall,
            due=self.due,
            target=target,
        )
        if self.known_at is None or self.known_stability is None:
            return tally
        return tally.with_known(Answered(self.known_stability, self.known_at), at)


@dataclass(frozen=True)
class GoalMastery:
    """Of a goal, and of the skills of its accepted tree: `skills` with those below each, `own` without."""

    total: Tally
    skills: Mapping[UUID, Tally]
    own: Mapping[UUID, Tally]
    day: date | None = None  # of the user

    @property
    def fading(self) -> list[UUID]:
        """The skills whose own cards are fading, the least recalled first."""
        fading = [(tally.mean_recall or 0.0, pk) for pk, tally in self.own.items() if tally.fading]
        return [pk for _recall, pk in sorted(fading)]


NO_MASTERY = GoalMastery(NOTHING, {}, {})


def mastery_of_goal(*, goal: Goal, at: datetime) -> GoalMastery:
    """One statement for the goal's skills, and one for its owner's settings."""
    context = review_context(goal.owner)
    return _mastery(list(_rows(goal.owner_id, context, at, goal_id=goal.pk)), context, at)


def mastery_of_goals(*, owner: User, at: datetime) -> dict[UUID, GoalMastery]:
    """Of each of the user's goals that has skills, by its id: as many statements as for one goal."""
    context, goals = review_context(owner), dict[UUID, list[_Row]]()
    for row in _rows(owner.pk, context, at):
        goals.setdefault(row.goal_id, []).append(row)
    return {pk: _mastery(rows, context, at) for pk, rows in goals.items()}


def _mastery(rows: list[_Row], context: ReviewContext, at: datetime) -> GoalMastery:
    """`rows` are the skills of one goal."""
    if not rows:
        return NO_MASTERY
    target = rows[0].desired_retention or context.settings.desired_retention
    own = {row.id: row.tally(target, at) for row in rows}
    skills = with_subtrees(own, {row.id: row.parent_id for row in rows})
    total = sum_of([skills[row.id] for row in rows if row.parent_id not in skills])
    return GoalMastery(total, skills, own, context.calendar.day_of(at))


def _rows(owner_id: UUID, context: ReviewContext, at: datetime, *, goal_id: UUID | None = None) -> Iterator[_Row]:
    values: dict[str, Any] = {
        "owner_id": owner_id,
        "goal_id": goal_id,
        "at": at,
        "later": at + HORIZON,
        "tomorrow": context.calendar.end_of(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_ALL if goal_id is None else _OF_GOAL, values)
        yield from map(_Row._make, cursor.fetchall())


HISTORY_DAYS = 90
_OUTLOOK = """
    SELECT
        (SELECT coalesce(sum(reviews), 0) FROM quiz_reviewday
            WHERE owner_id = %(owner_id)s AND goal_id = %(goal_id)s AND state_before = 'new'
                AND day > %(pace_since)s AND day <= %(today)s),
        (SELECT min(day) FROM quiz_reviewday WHERE owner_id = %(owner_id)s AND goal_id = %(goal_id)s),
        (SELECT coalesce(array_agg(day ORDER BY day), '{}') FROM quiz_masteryday
            WHERE goal_id = %(goal_id)s AND day > %(since)s AND day < %(today)s),
        (SELECT coalesce(array_agg(mastery ORDER BY day), '{}') FROM quiz_masteryday
            WHERE goal_id = %(goal_id)s AND day > %(since)s AND day < %(today)s)
"""


@dataclass(frozen=True)
class Outlook:
    """Where a goal comes from and where it goes: its mastery day by day, the present one last, and its pace."""

    history: list[MasteryPoint]
    pace: Pace

    @property
    def present(self) -> MasteryPoint:
        return self.history[-1]

    @property
    def line(self) -> Line:
        return line_through(self.history)


def outlook_of_goal(*, goal: Goal, known: GoalMastery) -> Outlook | None:
    """`known` is the goal's mastery now. None without cards and known skills. One statement."""
    if known.day is None or known.total.mastery is None:
        return None
    values: dict[str, Any] = {
        "owner_id": goal.owner_id,
        "goal_id": goal.pk,
        "today": known.day,
        "since": known.day - timedelta(days=HISTORY_DAYS),
        "pace_since": known.day - timedelta(days=WINDOW_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OUTLOOK, values)
        answered, first_day, days, masteries = cursor.fetchone()
    pace = pace_of(
        left=known.total.new, answered=int(answered), first_day=first_day, today=known.day, target=goal.target_date
    )
    past = [MasteryPoint(day, mastery) for day, mastery in zip(days, masteries, strict=True)]
    return Outlook([*past, MasteryPoint(known.day, known.total.mastery)], pace)
