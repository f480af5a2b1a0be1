from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.generation.models import GenerationStatus
from flashcards.generation.worker import propose_cards
from flashcards.models import Card, CardStatus
from tests.api import ApiClient
from tests.factories import CardFactory, GenerationFactory, MessageFactory, SkillNodeFactory

ApiClientFactory = Callable[[User], ApiClient]

FIELDS = {
    "id",
    "kind",
    "question",
    "answer",
    "tags",
    "status",
    "message_id",
    "skill_node_id",
    "goal_id",
    "state",
    "due",
    "stability",
    "difficulty",
    "reps",
    "lapses",
    "last_review",
    "retrievability",
    "created_at",
}


def test_a_card_is_created_read_changed_and_deleted(alice: User, api_of: ApiClientFactory) -> None:
    api = api_of(alice)
    created = api.post("/flashcards", {"question": "What is ATP?", "answer": "Energy", "tags": ["bio"]})
    assert created.status == 201
    assert set(created.body) >= FIELDS
    assert (created.body["status"], created.body["state"], created.body["retrievability"]) == ("active", "new", None)
    path = f"/flashcards/{created.body['id']}"
    assert api.patch(path, {"answer": "The cell's energy"}).body["question"] == "What is ATP?"
    assert api.get(path).body["answer"] == "The cell's energy"
    assert api.delete(path).status == 204
    assert api.get(path).status == 404


def test_the_same_card_again_is_a_conflict(alice: User, api_of: ApiClientFactory) -> None:
    card = {"question": "What is ATP?", "answer": "Energy"}
    assert [api_of(alice).post("/flashcards", card).status for _ in range(2)] == [201, 409]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "q", "answer": "a", "kind": "essay"},
        {"question": "q", "answer": "a", "tags": ["t" * 101]},
        {"question": "no gap", "kind": "cloze"},
        {"question": "q" * 10_001, "answer": "a"},
        {"question": "q", "answer": "a", "message_id": "no uuid"},
    ],
)
def test_an_invalid_card_is_refused(alice: User, api_of: ApiClientFactory, body: object) -> None:
    assert api_of(alice).post("/flashcards", body).status == 422


def test_fields_that_a_client_cannot_set_are_ignored(alice: User, mallory: User, api_of: ApiClientFactory) -> None:
    card = CardFactory(owner=alice)
    body = {"owner": str(mallory.pk), "stability": 99, "status": "suspended", "reps": 7, "due": "2040-01-01T00:00:00Z"}
    assert api_of(alice).patch(f"/flashcards/{card.pk}", body).status == 200
    fresh = Card.objects.get(pk=card.pk)
    assert (fresh.owner, fresh.stability, fresh.status, fresh.reps, fresh.due) == (alice, None, "active", 0, card.due)


def test_each_filter_narrows_the_list(alice: User, api_of: ApiClientFactory) -> None:
    message = MessageFactory(conversation__owner=alice)
    card = CardFactory(owner=alice, question="Mitochondria", tags=["bio"], message=message, reviewed=True)
    card.due = timezone.now() - timedelta(days=1)
    card.save()
    CardFactory(owner=alice, status=CardStatus.SUSPENDED, due=timezone.now() + timedelta(days=9))
    filters = {
        "q": "mitoCHON",
        "status": "active",
        "state": "review",
        "tag": "bio",
        "message_id": message.pk,
        "due_before": timezone.now().isoformat(),
    }
    for name, value in filters.items():
        items = api_of(alice).get("/flashcards", **{name: value}).body["items"]
        assert [item["id"] for item in items] == [str(card.pk)], name
    for name in ("goal_id", "skill_node_id"):
        assert api_of(alice).get("/flashcards", **{name: uuid4()}).body["items"] == []


def test_the_cards_of_a_skill_are_those_of_its_subtree(alice: User, api_of: ApiClientFactory) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice)
    skill = SkillNodeFactory(parent=branch)
    deepest = SkillNodeFactory(parent=skill)
    other = SkillNodeFactory(tree=branch.tree)
    cards = {node.pk: str(CardFactory(owner=alice, skill=node).pk) for node in (branch, skill, deepest, other)}
    CardFactory(owner=alice)

    def listed(**filters: object) -> set[str]:
        return {item["id"] for item in api_of(alice).get("/flashcards", **filters).body["items"]}

    assert listed(goal_id=branch.tree.goal_id) == set(cards.values())
    assert listed(skill_node_id=branch.pk) == {cards[node.pk] for node in (branch, skill, deepest)}
    assert listed(skill_node_id=skill.pk) == {cards[skill.pk], cards[deepest.pk]}
    assert listed(skill_node_id=other.pk, goal_id=uuid4()) == set()


def test_a_card_is_made_for_a_skill_and_moved_to_another(alice: User, api_of: ApiClientFactory) -> None:
    api, message = api_of(alice), MessageFactory(conversation__owner=alice, content="x" * 3_000)
    first, second = SkillNodeFactory(tree__goal__owner=alice), SkillNodeFactory(tree__goal__owner=alice)
    fields = {"question": "What is ATP?", "answer": "Energy", "kind": "reverse"}
    card = api.post("/flashcards", {**fields, "message_id": message.pk, "skill_node_id": first.pk}).body
    goal = first.tree.goal
    assert (card["skill_node_id"], card["goal_id"], card["message_id"]) == (
        *(str(first.pk), str(goal.pk)),
        str(message.pk),
    )
    titles = {"title": first.title, "goal_title": goal.title}
    assert card["skill"] == {"id": str(first.pk), "goal_id": str(goal.pk), **titles}
    assert card["message"]["conversation_title"] == message.conversation.title
    assert card["message"]["content"] == "x" * 2_000
    assert set(alice.cards.values_list("skill", flat=True)) == {first.pk}
    path = f"/flashcards/{card['id']}"
    moved = api.patch(path, {"skill_node_id": second.pk}).body
    assert (moved["goal_id"], moved["answer"]) == (str(second.tree.goal_id), "Energy")
    assert set(alice.cards.values_list("skill", flat=True)) == {second.pk}
    assert api.patch(path, {"skill_node_id": None}).body["skill"] is None
    assert api.get(path).body["goal_id"] is None


@pytest.mark.parametrize("changes", [{"tree__status": "proposed"}, {"deleted_at": timezone.now()}])
def test_a_skill_that_the_user_has_not_accepted_or_has_deleted_takes_no_cards(
    alice: User, api_of: ApiClientFactory, changes: dict[str, object]
) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, **changes)
    card = CardFactory(owner=alice, skill=skill)
    body = {"question": "q", "answer": "a", "skill_node_id": skill.pk}
    api = api_of(alice)
    assert api.post("/flashcards", body).status == 404
    assert api.patch(f"/flashcards/{card.pk}", body).status == 404
    found = api.get(f"/flashcards/{card.pk}").body
    assert (found["skill"], found["skill_node_id"], found["goal_id"]) == (None, None, None)
    assert api.get("/flashcards", skill_node_id=skill.pk).body["items"] == []


def test_drafts_are_listed_only_when_asked_for(alice: User, api_of: ApiClientFactory) -> None:
    draft = CardFactory(owner=alice, status=CardStatus.DRAFT)
    assert api_of(alice).get("/flashcards").body["items"] == []
    assert api_of(alice).get("/flashcards", status="draft").body["items"][0]["id"] == str(draft.pk)


def test_the_second_page_starts_where_the_first_ended(alice: User, api_of: ApiClientFactory) -> None:
    CardFactory.create_batch(5, owner=alice)
    first = api_of(alice).get("/flashcards", limit=3).body
    second = api_of(alice).get("/flashcards", limit=3, cursor=first["next"]).body
    assert len({item["id"] for item in first["items"] + second["items"]}) == 5
    assert second["next"] is None


def test_the_list_takes_the_same_number_of_queries_for_any_length(
    alice: User, api_of: ApiClientFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = api_of(alice)
    skill = SkillNodeFactory(tree__goal__owner=alice)
    for _ in range(2):
        for _ in range(5):
            CardFactory(owner=alice, skill=skill, message=MessageFactory(conversation__owner=alice))
        with django_assert_num_queries(3):  # session, user, cards
            items = api.get("/flashcards", goal_id=skill.tree.goal_id).body["items"]
        assert all(item["message"] and item["skill"] for item in items)


def test_a_card_is_suspended_unsuspended_buried_and_reset(alice: User, api_of: ApiClientFactory) -> None:
    api, path = api_of(alice), f"/flashcards/{CardFactory(owner=alice, reviewed=True).pk}"
    assert api.post(f"{path}/suspend").body["status"] == "suspended"
    assert api.post(f"{path}/unsuspend").body["status"] == "active"
    assert api.post(f"{path}/bury").body["status"] == "buried"
    assert api.post(f"{path}/reset").body["state"] == "new"


def test_a_stranger_finds_nothing(alice: User, mallory: User, api_of: ApiClientFactory) -> None:
    card = CardFactory(owner=alice)
    generation = GenerationFactory(owner=alice)
    message = MessageFactory(conversation__owner=alice)
    skill = SkillNodeFactory(tree__goal__owner=alice)
    api = api_of(mallory)
    responses = [
        api.get(f"/flashcards/{card.pk}"),
        api.patch(f"/flashcards/{card.pk}", {"question": "mine"}),
        api.delete(f"/flashcards/{card.pk}"),
        *(api.post(f"/flashcards/{card.pk}/{action}") for action in ("suspend", "unsuspend", "bury", "reset")),
        api.get(f"/flashcards/generations/{generation.pk}"),
        api.post(f"/flashcards/generations/{generation.pk}/accept", {"accept": []}),
        api.post("/flashcards/generate", {"message_id": message.pk}),
        api.post("/flashcards", {"question": "q", "answer": "a", "message_id": message.pk}),
        api.post("/flashcards", {"question": "q", "answer": "a", "skill_node_id": skill.pk}),
        api.post("/flashcards/generate", {"skill_node_id": skill.pk}),
    ]
    assert {response.status for response in responses} == {404}
    assert api.get("/flashcards", skill_node_id=skill.pk).body["items"] == []
    assert not mallory.cards.exists()
    assert Card.objects.get(pk=card.pk).question == card.question


def test_cards_are_generated_read_and_accepted(alice: User, api_of: ApiClientFactory) -> None:
    api = api_of(alice)
    CardFactory(owner=alice)
    text = "A mitochondrion is an organelle that makes ATP. A ribosome is a machine that builds proteins."
    started = api.post("/flashcards/generate", {"text": text, "provider": "builtin"})
    assert (started.status, started.body["generation"]["status"]) == (202, "running")
    path = f"/flashcards/generations/{started.body['generation']['id']}"
    propose_cards(generation_id=started.body["generation"]["id"])
    done = api.get(path).body
    assert (done["status"], done["error"]) == ("done", None)
    assert {card["status"] for card in done["cards"]} == {"draft"}
    ids = [card["id"] for card in done["cards"]]
    accepted = api.post(f"{path}/accept", {"accept": ids[:1], "discard": ids[1:]}).body["cards"]
    assert {card["status"] for card in accepted} == {"active"}
    assert api.get(path).body["cards"] == []


@pytest.mark.parametrize("body", [{}, {"text": "a", "message_id": str(uuid4())}, {"text": "a", "max_cards": 51}])
def test_a_generation_has_one_source_and_a_limit(alice: User, api_of: ApiClientFactory, body: object) -> None:
    assert api_of(alice).post("/flashcards/generate", body).status == 422


def test_an_unknown_skill_is_not_found(alice: User, api_of: ApiClientFactory) -> None:
    assert api_of(alice).post("/flashcards/generate", {"skill_node_id": uuid4()}).status == 404


def test_cards_are_made_for_a_skill_and_for_all_skills_of_a_goal(alice: User, api_of: ApiClientFactory) -> None:
    api = api_of(alice)
    skill = SkillNodeFactory(tree__goal__owner=alice, description="A ribosome is a machine that builds proteins.")
    known = SkillNodeFactory(tree=skill.tree, known_at=timezone.now(), known_stability=8.3)
    started = api.post("/flashcards/generate", {"skill_node_id": skill.pk}).body["generation"]
    propose_cards(generation_id=started["id"])
    [draft] = api.get(f"/flashcards/generations/{started['id']}").body["cards"]
    assert (started["skill_node_id"], draft["skill"]["title"]) == (str(skill.pk), skill.title)
    assert api.post("/flashcards/batches", {"goal_id": skill.tree.goal_id}).body["type"] == "no-skills"

    body = {"goal_id": skill.tree.goal_id, "skill_node_ids": [known.pk, skill.pk], "budget": 9, "cards_per_skill": 3}
    batch = api.post("/flashcards/batches", body).body["batch"]
    path = f"/flashcards/batches/{batch['id']}"
    assert [part["skill_node_id"] for part in batch["generations"]] == [str(skill.pk), str(known.pk)]
    assert api.post("/flashcards/batches", body).status == 409
    assert api.post(f"{path}/cancel").body["status"] == "canceled"
    assert api.post(f"{path}/resume").body["status"] == "running"
    for part in batch["generations"]:
        propose_cards(generation_id=part["id"])
    done = api.get(path).body
    assert (done["status"], done["made"]) == ("done", 0)  # the only card is a draft already
    assert [part["error"] and part["error"]["code"] for part in done["generations"]] == [None, "nothing-about-skill"]


@pytest.mark.parametrize(
    "change", [{"budget": 0}, {"cards_per_skill": 21}, {"skill_node_ids": ["x"]}, {"goal_id": None}]
)
def test_an_invalid_batch_is_refused(alice: User, api_of: ApiClientFactory, change: dict[str, object]) -> None:
    goal_id = SkillNodeFactory(tree__goal__owner=alice).tree.goal_id
    assert api_of(alice).post("/flashcards/batches", {"goal_id": goal_id, **change}).status == 422
    assert not alice.generation_batches.exists()


def test_a_failed_generation_says_why(alice: User, api_of: ApiClientFactory) -> None:
    error = {"code": "provider-down", "detail": "The model provider can't be reached."}
    generation = GenerationFactory(owner=alice, status=GenerationStatus.FAILED, error=error)
    assert api_of(alice).get(f"/flashcards/generations/{generation.pk}").body["error"] == error


@pytest.mark.parametrize("hostile", ["a\0b", "a\ud800b", "\u202eabc", "*" * 9_999, "[" * 9_999])
def test_hostile_text_is_stored_or_refused(alice: User, api_of: ApiClientFactory, hostile: str) -> None:
    api = api_of(alice)
    created = api.post("/flashcards", {"question": hostile, "answer": "a", "tags": [hostile[:100]]})
    assert created.status in (201, 422, 400)
    assert api.post("/flashcards/generate", {"text": hostile, "model": hostile[:100]}).status in (202, 422, 400)
    assert api.get("/flashcards", q=hostile[:100].encode("utf-8", "replace").decode()).status in (200, 422)
