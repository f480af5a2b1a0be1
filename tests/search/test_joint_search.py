"""One search over messages, cards and goals."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import Invalid
from chat.models import Conversation, Message
from flashcards import services
from flashcards.models import Card, CardStatus
from goals.services import create_goal, delete_goal
from search.filters import Filter
from search.joint_search import SearchResults, search
from search.queries import Mode
from search.services import drain
from search.sync import maintenance
from tests.factories import CardFactory, ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    maintenance.maintain_tables()  # without rows, the first tables are complete
    return ConversationFactory(owner=alice)


@pytest.fixture
def message(conversation: Conversation) -> Message:
    return MessageFactory(conversation=conversation, content="Mitochondria make ATP in the inner membrane.")


@pytest.fixture
def card(alice: User, message: Message) -> Card:
    [card] = services.create_card(owner=alice, question="What makes ATP?", answer="**Mitochondria**", message=message)
    drain()
    return card


def found(owner: User, query: str, **options: Any) -> list[object]:
    return [result.row for result in results(owner, query, **options).items]


def results(owner: User, query: str, **options: Any) -> SearchResults:
    drain()
    return search(owner=owner, query=query, **options)


def test_messages_and_cards_are_ranked_together(alice: User, message: Message, card: Card) -> None:
    joint = results(alice, "mitochondria")
    assert {(result.kind.name, result.row) for result in joint.items} == {("message", message), ("card", card)}
    scores = [result.score for result in joint.items]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1
    assert (joint.counts, joint.notice) == ({"message": 1, "card": 1, "goal": 0, "memory": 0}, None)
    assert all("<mark>Mitochondria</mark>" in result.highlight for result in joint.items)


def test_a_goal_is_found_by_its_description_until_it_is_deleted(alice: User) -> None:
    goal = create_goal(owner=alice, title="Biochemistry", description="How **mitochondria** make ATP")
    assert found(alice, "mitochondria") == [goal]
    delete_goal(goal=goal, at=timezone.now())
    assert found(alice, "mitochondria") == []


def test_only_the_chosen_kind_is_shown_and_the_others_are_counted(alice: User, message: Message, card: Card) -> None:
    cards = results(alice, "mitochondria", shown=["card"])
    assert [result.row for result in cards.items] == [card]
    assert cards.counts == {"message": 1, "card": 1, "goal": 0, "memory": 0}
    assert results(alice, "mitochondria", kinds=["card"]).counts == {"card": 1}


def test_an_unknown_kind_is_refused_with_the_names_of_the_known(alice: User) -> None:
    with pytest.raises(Invalid) as refusal:
        search(owner=alice, query="x", kinds=["letter"])
    assert refusal.value.errors == {"kinds": ["There is no kind “letter”. The kinds are message, card, goal, memory."]}


def test_others_find_nothing(mallory: User, card: Card) -> None:
    assert results(mallory, "mitochondria").counts == {"message": 0, "card": 0, "goal": 0, "memory": 0}


def test_what_is_deleted_is_neither_shown_nor_counted_before_the_index_knows(alice: User, card: Card) -> None:
    services.delete_card(card=card, at=timezone.now())
    assert search(owner=alice, query="mitochondria", kinds=["card"]) == SearchResults([], {"card": 0})


def test_a_limit_cuts_the_list_and_not_the_counts(alice: User, message: Message, card: Card) -> None:
    one = results(alice, "mitochondria", limit=1)
    assert (len(one.items), one.counts) == (1, {"message": 1, "card": 1, "goal": 0, "memory": 0})


def test_results_that_are_hardly_about_the_query_are_left_out_unless_asked_for(
    alice: User, message: Message, card: Card
) -> None:
    weak = MessageFactory(conversation=ConversationFactory(owner=alice), content="The membrane of a drum.")
    asked = "how do mitochondria make ATP in the inner membrane"
    strong = results(alice, asked, kinds=["message"])
    assert weak not in [result.row for result in strong.items]
    assert strong.weaker == 1
    everything = results(alice, asked, kinds=["message"], weak=True)
    assert everything.items[-1].row == weak
    assert (everything.weaker, everything.counts["message"]) == (0, 2)


def test_a_filter_by_what_a_kind_does_not_have_finds_nothing_of_it(alice: User, message: Message, card: Card) -> None:
    assert found(alice, "mitochondria", filters=[Filter("role", "eq", "user")]) == [message]
    assert found(alice, "mitochondria", filters=[Filter("status", "eq", "active")]) == [card]


def test_the_cards_of_a_conversation_are_found_in_it(alice: User, message: Message, card: Card) -> None:
    here = Filter("conversation_id", "eq", message.conversation_id)
    elsewhere = Filter("conversation_id", "eq", ConversationFactory(owner=alice).pk)
    assert set(found(alice, "mitochondria", filters=[here])) == {message, card}
    assert found(alice, "mitochondria", filters=[elsewhere]) == []


@pytest.mark.parametrize("mode", Mode)
def test_has_cards_finds_messages_with_cards_in_the_deck(
    alice: User, conversation: Conversation, message: Message, card: Card, mode: Mode
) -> None:
    other = MessageFactory(conversation=conversation, content="Mitochondria have DNA of their own.")
    CardFactory(owner=alice, message=other, status=CardStatus.DRAFT)
    assert found(alice, "mitochondria has:cards", mode=mode) == [message]
    assert found(alice, "-has:cards mitochondria", mode=mode) == [other]


def test_has_cards_alone_finds_the_newest_first(
    alice: User, conversation: Conversation, message: Message, card: Card
) -> None:
    later = MessageFactory(conversation=conversation, content="Ribosomes make proteins.")
    services.create_card(owner=alice, question="What makes proteins?", answer="Ribosomes", message=later)
    without = MessageFactory(conversation=conversation, content="Cells divide.")
    assert found(alice, "has:cards") == [later, message]
    assert found(alice, " -has:cards ") == [without]


def test_has_cards_is_true_as_long_as_a_card_is_in_the_deck(
    alice: User, conversation: Conversation, message: Message, card: Card
) -> None:
    other = MessageFactory(conversation=conversation, content="Mitochondria have DNA of their own.")
    services.edit_card(card=card, message=other)
    assert found(alice, "mitochondria has:cards") == [other]
    services.delete_card(card=card, at=timezone.now())
    assert found(alice, "mitochondria has:cards") == []
    services.restore_card(card=card)
    assert found(alice, "mitochondria has:cards") == [other]


def test_without_an_index_keywords_are_found_in_all_kinds(alice: User) -> None:
    message = MessageFactory(conversation=ConversationFactory(owner=alice), content="Mitochondria make ATP.")
    services.create_card(owner=alice, question="What makes ATP?", answer="Mitochondria", message=message)
    joint = search(owner=alice, query="mitochondria")
    assert (joint.counts, bool(joint.notice)) == ({"message": 1, "card": 1, "goal": 0, "memory": 0}, True)
    assert search(owner=alice, query="mitochondria has:cards").counts == {
        "message": 1,
        "card": 0,
        "goal": 0,
        "memory": 0,
    }


def test_many_results_take_as_many_queries_as_few(
    alice: User, conversation: Conversation, card: Card, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        MessageFactory(conversation=conversation, content=f"Mitochondria, number {number}.")
        CardFactory(owner=alice, question=f"Mitochondria {number}?")
    drain()
    # Of each kind: its table, and of two with hits: which are there, and the rows. And the projects of memories.
    with django_assert_num_queries(9):
        joint = search(owner=alice, query="mitochondria")
        assert [result.row.pk and str(result.highlight) for result in joint.items]
    assert joint.counts == {"message": 6, "card": 6, "goal": 0, "memory": 0}
