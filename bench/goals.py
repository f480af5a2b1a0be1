"""Measures goals and statistics of a user with 50,000 cards in ten goals of 60 skills, and 500,000 reviews."""

from uuid import uuid4

from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from base.postgresql.owner import signed_in_as_owner
from bench.review import CARDS, REVIEWS, bare_update, fill, measure, urlpatterns
from goals.models import Goal, SkillNode, SkillTree, TreeOrigin, TreeStatus
from goals.trees.queries import tree_of
from quiz.mastery.queries import mastery_of_goal, mastery_of_goals, outlook_of_goal
from quiz.mastery.services import record_mastery
from quiz.progress.queries import progress_of

__all__ = ["bare_update", "run", "urlpatterns"]

GOALS, BRANCHES, SKILLS, LEAVES, ROUNDS = 10, 5, 15, 40, 100
TARGETS_MS = {
    "GET /goals/<id>/": 40.0,
    "mastery of all goals": 60.0,
    "GET /api/goals": 60.0,
    "GET /api/quiz/stats": 20.0,
    "GET /api/progress/stats?goal_id=": 20.0,
    "GET /progress/": 20.0,
}
# Skills in the order of their trees take cards in turn, so that the cards of a goal are spread over the whole table.
ASSIGN = """
    WITH node AS (SELECT id, row_number() OVER (ORDER BY tree_id, id) - 1 AS number FROM goals_skillnode),
        card AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM flashcards_card)
    UPDATE flashcards_card SET skill_id = node.id FROM node, card
    WHERE card.id = flashcards_card.id AND node.number = card.number % (SELECT count(*) FROM node);
    UPDATE quiz_review SET goal_id = tree.goal_id
    FROM flashcards_card card JOIN goals_skillnode node ON node.id = card.skill_id
    JOIN goals_skilltree tree ON tree.id = node.tree_id WHERE card.id = quiz_review.card_id;
    UPDATE quiz_reviewday SET goal_id = (SELECT min(id::text)::uuid FROM goals_goal);
    INSERT INTO quiz_reviewday (id, owner_id, day, goal_id, state_before, rating, reviews, first_reviews, duration_ms)
    SELECT gen_random_uuid(), row.owner_id, day, goal.id, state_before, rating, reviews, first_reviews, duration_ms
    FROM quiz_reviewday row, goals_goal goal WHERE goal.id <> row.goal_id
"""


def grow(owner: User) -> None:
    """Ten goals with trees of 60 skills, which share all cards, and with history in the roll-up."""
    for number in range(GOALS):
        goal = Goal.objects.create(owner=owner, title=f"Goal {number}", position=number)
        tree = SkillTree.objects.create(owner=owner, goal=goal, status=TreeStatus.ACCEPTED, origin=TreeOrigin.MANUAL)
        above: list[SkillNode] = []
        for depth, count in enumerate((BRANCHES, SKILLS, LEAVES), start=1):
            parents: list[SkillNode | None] = [*above] or [None]
            above = SkillNode.objects.bulk_create(
                SkillNode(
                    owner=owner,
                    tree=tree,
                    depth=depth,
                    position=n,
                    title=f"Skill {n}",
                    parent=parents[n % len(parents)],
                )
                for n in range(count)
            )
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN)
    record_mastery(owner=owner, at=timezone.now())
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM FULL ANALYZE flashcards_card, quiz_review, quiz_reviewday")
        cursor.execute("VACUUM ANALYZE")


def goal_page(goal: Goal) -> None:
    """What the page of a goal reads of its tree, mastery, history and pace."""
    tree_of(goal)
    outlook_of_goal(goal=goal, known=mastery_of_goal(goal=goal, at=timezone.now()))


@override_settings(ROOT_URLCONF="bench.goals", ALLOWED_HOSTS=["testserver"])
def run() -> None:
    """Print median, p95 and CPU time of each call, and the ratio of its p95 to that of a bare update."""
    owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
    fill(owner, timezone.now())
    grow(owner)
    client = Client()
    client.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")
    goal, card_id = owner.goals.all()[0], owner.cards.values_list("pk", flat=True)[0]
    page_url = goal.get_absolute_url()
    measured = {
        "bare update of one row": measure(lambda _: client.post(f"/bare/{card_id}/"), ROUNDS),
        "data of a goal page": measure(lambda _: goal_page(goal), ROUNDS),
        "GET /goals/<id>/": measure(lambda _: client.get(page_url), ROUNDS),
        "mastery of all goals": measure(lambda _: mastery_of_goals(owner=owner, at=timezone.now()), ROUNDS),
        "GET /api/goals": measure(lambda _: client.get("/api/goals"), ROUNDS),
        "statistics": measure(lambda _: progress_of(owner=owner, at=timezone.now()), ROUNDS),
        "GET /api/quiz/stats": measure(lambda _: client.get("/api/quiz/stats"), ROUNDS),
        "GET /api/progress/stats?goal_id=": measure(
            lambda _: client.get(f"/api/progress/stats?goal_id={goal.pk}"), ROUNDS
        ),
        "GET /progress/": measure(lambda _: client.get("/progress/"), ROUNDS),
    }
    _, base, _ = measured["bare update of one row"]
    print(f"goals and statistics at {CARDS:,} cards and {REVIEWS:,} reviews, server time")
    print(f"  {'':<34}{'median':>11}{'p95':>11}{'to bare':>10}{'CPU':>11}{'target p95':>13}")
    for name, (p50, p95, cpu) in measured.items():
        target = f"{TARGETS_MS[name]:10.0f} ms" if name in TARGETS_MS else ""
        print(f"  {name:<34}{p50:8.2f} ms{p95:8.2f} ms{p95 / base:8.1f} x{cpu:8.2f} ms{target}")
