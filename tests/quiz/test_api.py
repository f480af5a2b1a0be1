from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardStatus
from quiz.models import Review
from quiz.scheduling.fsrs_scheduler import DEFAULT_WEIGHTS
from tests.api import ApiClient
from tests.factories import CardFactory, GoalFactory, MessageFactory, ReviewFactory, SkillNodeFactory

ApiClientFactory = Callable[[User], ApiClient]

REVIEW_FIELDS = {
    "id",
    "card_id",
    "rating",
    "state_before",
    "state_after",
    "stability_before",
    "stability_after",
    "elapsed_days",
    "scheduled_days",
    "duration_ms",
    "reviewed_at",
}


@pytest.mark.parametrize("name", ["quiz", "study"])
def test_a_due_card_has_four_previews(alice: User, api_of: ApiClientFactory, name: str) -> None:
    card = CardFactory(owner=alice)
    due = api_of(alice).get(f"/{name}/due").body
    assert due["counts"] == {"new": 1, "learning": 0, "review": 0}
    [item] = due["items"]
    assert item["id"] == str(card.pk)
    assert [item["previews"][button]["label"] for button in ("again", "hard", "good", "easy")] == [
        "1 min",
        "6 min",
        "10 min",
        item["previews"]["easy"]["label"],
    ]
    assert item["previews"]["good"]["interval_seconds"] == 600


def test_the_hot_paths_take_few_statements(
    alice: User, api_of: ApiClientFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api, skill = api_of(alice), SkillNodeFactory(tree__goal__owner=alice)
    message = MessageFactory(conversation__owner=alice)
    cards = CardFactory.create_batch(3, owner=alice, skill=skill, message=message)
    with django_assert_num_queries(5):  # session, user, settings, counts, cards
        items = api.get("/quiz/due").body["items"]
    assert [(item["skill_node_id"], item["message"]["id"]) for item in items] == [(str(skill.pk), str(message.pk))] * 3
    for card in cards:
        body = {"card_id": card.pk, "rating": 3, "review_id": uuid4(), "reps": 0}
        # Session, user, settings, savepoint (BEGIN in production), note, card, review, its day, outbox, release.
        with django_assert_num_queries(10):
            assert api.post("/quiz/rate", body).status == 200
    # Session, user, savepoint, review, the note, later reviews, card, its day, review, outbox, release.
    with django_assert_num_queries(11):
        assert api.post("/quiz/undo").status == 200


@pytest.mark.parametrize("name", ["quiz", "study"])
def test_a_rating_returns_the_card_and_the_review(alice: User, api_of: ApiClientFactory, name: str) -> None:
    card = CardFactory(owner=alice)
    body = {"card_id": card.pk, "rating": 3, "review_id": uuid4(), "duration_ms": 1_200, "reps": 0}
    first = api_of(alice).post(f"/{name}/rate", body)
    assert first.status == 200
    assert set(first.body["review"]) >= REVIEW_FIELDS
    assert (first.body["card"]["state"], first.body["card"]["reps"]) == ("learning", 1)
    second = api_of(alice).post(f"/{name}/rate", body)
    first.body["card"].pop("retrievability")
    second.body["card"].pop("retrievability")
    assert second.body == first.body
    assert Review.objects.count() == 1


def test_an_outdated_number_of_reviews_is_a_conflict(alice: User, api_of: ApiClientFactory) -> None:
    card = CardFactory(owner=alice, reviewed=True)
    body = {"card_id": card.pk, "rating": 3, "review_id": uuid4(), "reps": 2}
    assert api_of(alice).post("/quiz/rate", body).status == 409


@pytest.mark.parametrize("status", [CardStatus.SUSPENDED, CardStatus.DRAFT])
def test_suspended_cards_and_drafts_are_conflicts(alice: User, api_of: ApiClientFactory, status: str) -> None:
    card = CardFactory(owner=alice, status=status)
    body = {"card_id": card.pk, "rating": 3, "review_id": uuid4()}
    assert api_of(alice).post("/quiz/rate", body).status == 409


@pytest.mark.parametrize(
    "change", [{"rating": 0}, {"rating": 5}, {"review_id": "x"}, {"duration_ms": -1}, {"duration_ms": 2**40}]
)
def test_an_invalid_rating_is_refused(alice: User, api_of: ApiClientFactory, change: dict[str, object]) -> None:
    body = {"card_id": CardFactory(owner=alice).pk, "rating": 3, "review_id": uuid4(), **change}
    assert api_of(alice).post("/quiz/rate", body).status == 422


def test_a_stranger_cannot_rate(alice: User, mallory: User, api_of: ApiClientFactory) -> None:
    card = CardFactory(owner=alice)
    body = {"card_id": card.pk, "rating": 3, "review_id": uuid4()}
    assert api_of(mallory).post("/quiz/rate", body).status == 404
    assert Card.objects.get(pk=card.pk).reps == 0


def test_a_stranger_undoes_and_sees_only_their_own(alice: User, mallory: User, api_of: ApiClientFactory) -> None:
    ReviewFactory(card__owner=alice)
    assert api_of(mallory).post("/quiz/undo").status == 409
    assert api_of(mallory).get("/quiz/history").body["items"] == []
    assert api_of(mallory).get("/quiz/due").body["items"] == []
    assert api_of(mallory).get("/quiz/stats").body["totals"]["reviews"] == 0


def test_undo_returns_the_card_as_it_was(alice: User, api_of: ApiClientFactory) -> None:
    card, api = CardFactory(owner=alice), api_of(alice)
    api.post("/quiz/rate", {"card_id": card.pk, "rating": 4, "review_id": uuid4()})
    undone = api.post("/quiz/undo")
    assert (undone.status, undone.body["card"]["state"], undone.body["card"]["reps"]) == (200, "new", 0)
    assert api.post("/quiz/undo").status == 409


def test_history_is_filtered_by_time(alice: User, api_of: ApiClientFactory) -> None:
    now = timezone.now()
    for days in (1, 3, 5):
        ReviewFactory(card__owner=alice, reviewed_at=now - timedelta(days=days))
    since, until = (now - timedelta(days=4)).isoformat(), (now - timedelta(days=2)).isoformat()
    for name in ("quiz", "progress"):
        items = api_of(alice).get(f"/{name}/history", **{"from": since, "to": until}).body["items"]
        assert len(items) == 1


def test_the_history_of_a_goal_has_only_its_reviews(alice: User, mallory: User, api_of: ApiClientFactory) -> None:
    goal = GoalFactory(owner=alice)
    of_goal = ReviewFactory(card__owner=alice, goal_id=goal.pk)
    ReviewFactory(card__owner=alice)
    for name in ("quiz", "progress"):
        items = api_of(alice).get(f"/{name}/history", goal_id=goal.pk).body["items"]
        assert [item["id"] for item in items] == [str(of_goal.pk)]
    assert api_of(mallory).get("/progress/history", goal_id=goal.pk).body["items"] == []


@pytest.mark.parametrize("name", ["quiz", "study"])
def test_the_due_cards_of_a_goal_and_of_a_skill_with_those_below_it(
    alice: User, mallory: User, api_of: ApiClientFactory, django_assert_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice)
    skill, goal = SkillNodeFactory(parent=branch), branch.tree.goal
    of_branch, of_skill = CardFactory(owner=alice, skill=branch), CardFactory(owner=alice, skill=skill)
    CardFactory(owner=alice)
    ahead = CardFactory(owner=alice, skill=skill, reviewed=True, due=timezone.now() + timedelta(days=3))
    api = api_of(alice)

    def due(**query: object) -> list[str]:
        return [item["id"] for item in api.get(f"/{name}/due", **query).body["items"]]

    with django_assert_num_queries(6):  # session, user, goal, settings, counts, cards
        assert due(goal_id=goal.pk) == [str(of_branch.pk), str(of_skill.pk)]
    assert due(skill_node_id=branch.pk, goal_id=goal.pk) == due(goal_id=goal.pk)
    assert due(skill_node_id=skill.pk) == [str(of_skill.pk)]
    assert due(skill_node_id=skill.pk, ahead="true") == [str(of_skill.pk), str(ahead.pk)]
    other = {"goal_id": GoalFactory(owner=alice).pk}
    for query in ({"goal_id": uuid4()}, {"skill_node_id": uuid4()}, {**other, "skill_node_id": skill.pk}):
        assert api.get(f"/{name}/due", **query).status == 404
    for query in ({"goal_id": goal.pk}, {"skill_node_id": skill.pk}):
        assert api_of(mallory).get(f"/{name}/due", **query).status == 404
    assert api.get(f"/{name}/due", **other).body["counts"] == {"new": 0, "learning": 0, "review": 0}


@pytest.mark.parametrize("name", ["quiz", "progress"])
def test_the_stats_of_a_goal_count_only_its_cards(alice: User, api_of: ApiClientFactory, name: str) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    card = CardFactory(owner=alice, reviewed=True)
    ReviewFactory(card=card)
    ReviewFactory(card=card, state_before="review", reviewed_at=yesterday)
    api = api_of(alice)
    everything = api.get(f"/{name}/stats").body
    assert (everything["totals"]["reviews"], everything["true_retention"], everything["streak"]) == (2, 1.0, 2)
    empty = GoalFactory(owner=alice)
    of_goal = api.get(f"/{name}/stats", goal_id=empty.pk).body
    assert set(of_goal) == set(everything)
    assert not any(of_goal["today"].values())
    assert not any(of_goal["totals"].values())
    assert (of_goal["true_retention"], of_goal["true_retention_answers"], of_goal["streak"]) == (None, 0, 0)
    assert of_goal["heatmap"] == []
    assert [day["due"] for day in of_goal["forecast"]] == [0] * 30
    for goal_id in (uuid4(), GoalFactory().pk):
        assert api.get(f"/{name}/stats", goal_id=goal_id).status == 404


@pytest.mark.parametrize("history", [0, 50])
def test_the_stats_take_few_statements_whatever_the_history(
    alice: User, api_of: ApiClientFactory, django_assert_num_queries: DjangoAssertNumQueries, history: int
) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__desired_retention=0.8)
    card, now = CardFactory(owner=alice, reviewed=True, skill=skill), timezone.now()
    for days_ago in range(history, 0, -1):
        review = {"state_before": "review", "reviewed_at": now - timedelta(days=days_ago)}
        ReviewFactory(card=card, goal_id=skill.tree.goal_id, **review)
    api = api_of(alice)
    with django_assert_num_queries(6):  # session, user, settings, days, totals, due
        everything = api.get("/quiz/stats").body
    with django_assert_num_queries(6):  # session, user, goal, settings, days, cards
        of_goal = api.get("/quiz/stats", goal_id=skill.tree.goal_id).body
    assert of_goal == {**everything, "desired_retention": 0.8}
    assert (of_goal["totals"]["cards"], of_goal["totals"]["reviews"], of_goal["streak"]) == (1, history, history)


def test_the_stats_count_todays_reviews(alice: User, api_of: ApiClientFactory) -> None:
    body = {"card_id": CardFactory(owner=alice).pk, "rating": 3, "review_id": uuid4()}
    api_of(alice).post("/quiz/rate", body)
    for name in ("quiz", "progress"):
        stats = api_of(alice).get(f"/{name}/stats").body
        assert {"today", "totals", "true_retention", "forecast", "heatmap", "streak"} <= set(stats)
        assert (stats["today"]["reviews"], stats["true_retention"], stats["streak"]) == (1, None, 1)


def test_settings_have_defaults_and_change_one_by_one(alice: User, api_of: ApiClientFactory) -> None:
    api = api_of(alice)
    before = api.get("/quiz/settings").body
    assert (before["desired_retention"], before["day_start_hour"]) == (0.9, 4)
    assert before["parameters"] == list(DEFAULT_WEIGHTS)
    after = api.patch("/quiz/settings", {"time_zone": "Europe/Berlin", "learning_steps": [60, 300]}).body
    assert after == {**before, "time_zone": "Europe/Berlin", "learning_steps": [60, 300]}
    assert api.get("/quiz/settings").body == after


def test_new_parameters_schedule_the_next_review(alice: User, api_of: ApiClientFactory) -> None:
    weights = [*DEFAULT_WEIGHTS]
    weights[2] = 5.0
    assert api_of(alice).patch("/quiz/settings", {"parameters": weights}).body["parameters"] == weights
    body = {"card_id": CardFactory(owner=alice).pk, "rating": 3, "review_id": uuid4()}
    assert api_of(alice).post("/quiz/rate", body).body["card"]["stability"] == 5.0
    assert Review.objects.get().parameter_set is not None


@pytest.mark.parametrize(
    "change",
    [
        {"desired_retention": 0.5},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"learning_steps": [0]},
        {"learning_steps": [60] * 11},
        {"new_per_day": -1},
        {"day_start_hour": 24},
        {"maximum_interval": 0},
        {"parameters": [1.0] * 20},
        {"parameters": [99.0] * 21},
    ],
)
def test_invalid_settings_are_refused(alice: User, api_of: ApiClientFactory, change: dict[str, object]) -> None:
    api = api_of(alice)
    before = api.get("/quiz/settings").body
    assert api.patch("/quiz/settings", change).status == 422
    assert api.get("/quiz/settings").body == before


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_without_a_zone_or_out_of_range_is_not_a_server_error(
    alice: User, api_of: ApiClientFactory, time: str
) -> None:
    assert api_of(alice).get("/quiz/history", **{"from": time}).status in (200, 422)
    assert api_of(alice).get("/flashcards", due_before=time).status in (200, 422)
