"""Searches of a table: which rows are read, kept and found."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from chat.models import Conversation, Message
from flashcards.services import create_card
from search.filters import Filter
from search.index import ranked_search
from search.index.kept_rows import kept_rows
from search.index.tables import lance_table
from search.models import IndexTable, TableState
from search.queries import Hit, Mode, find
from search.registry import Entity
from search.services import drain
from search.sync import maintenance
from tests.factories import CardFactory, ConversationFactory, MessageFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)

MAY = datetime(2026, 5, 4, tzinfo=UTC)
TEXTS = [
    "What do mitochondria make?",
    "They make ATP, the energy of the cell.",
    "And where does the Krebs cycle run?",
    "In the matrix of the mitochondrion.",
    "How is bread baked?",
    "With flour, water, salt and yeast.",
]


@pytest.fixture(params=["all rows", "around candidates"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every search, as for an owner of few rows and as for one of many."""
    if request.param != "all rows":
        monkeypatch.setattr(ranked_search, "MAX_ROWS", 0)
        monkeypatch.setattr(ranked_search, "SAMPLE", 10**6)  # a sample of all rows


@pytest.fixture
def conversation(alice: User) -> Conversation:
    maintenance.maintain_tables()  # without rows, the first table is complete
    conversation = ConversationFactory(owner=alice)
    for number, text in enumerate(TEXTS):
        role = "assistant" if number % 2 else "user"
        MessageFactory(conversation=conversation, content=text, role=role, created_at=MAY + timedelta(days=number))
    drain()
    return conversation


def hits(owner: User, query: str, *filters: Filter, mode: Mode = Mode.HYBRID, operators: bool = True) -> list[Hit]:
    result = find(owner_id=owner.pk, table="messages", query=query, mode=mode, filters=filters, operators=operators)
    assert result.notice is None
    return result.hits


def texts(owner: User, query: str, *filters: Filter, mode: Mode = Mode.HYBRID, operators: bool = True) -> list[str]:
    return [hit.text for hit in hits(owner, query, *filters, mode=mode, operators=operators)]


@pytest.mark.usefixtures("stage", "conversation")
def test_an_answer_is_found_by_the_words_of_its_question(alice: User) -> None:
    assert texts(alice, "where does the Krebs cycle run")[:2] == [TEXTS[2], TEXTS[3]]


@pytest.mark.usefixtures("stage")
def test_a_question_is_embedded_by_the_model_of_the_table(with_ollama: OllamaStandIn, alice: User) -> None:
    maintenance.maintain_tables()
    for text in TEXTS:
        MessageFactory(conversation__owner=alice, content=text)
    drain()
    # The stand-in gives equal texts equal vectors, and others unrelated ones. Documents and queries differ in a prefix.
    assert set(texts(alice, TEXTS[5])[:1]) == {TEXTS[5]}
    assert texts(alice, "yeast and flour", mode=Mode.SEMANTIC)
    queries = [text for call in with_ollama.calls if call.path == "/api/embed" for text in call.body["input"]]
    assert f"search_query: {TEXTS[5]}" in queries


@pytest.mark.usefixtures("stage", "conversation")
def test_a_search_by_words_alone_finds_what_has_them(alice: User) -> None:
    assert texts(alice, "salt", mode=Mode.KEYWORD) == [TEXTS[5]]


@pytest.mark.usefixtures("stage")
def test_filters_hide_messages_that_still_explain_their_neighbors(alice: User, conversation: Conversation) -> None:
    MessageFactory(conversation__owner=alice, content="The Krebs cycle, elsewhere.")
    drain()
    here = Filter("conversation_id", "eq", conversation.pk)
    assert texts(alice, "Krebs cycle", here, Filter("role", "eq", "assistant"))[0] == TEXTS[3]
    assert texts(alice, "Krebs cycle", here, Filter("role", "in", ["user"]))[0] == TEXTS[2]
    late = Filter("created_at", "ge", MAY + timedelta(days=3))
    early = Filter("created_at", "lt", MAY + timedelta(days=3))
    assert set(texts(alice, "mitochondria", here, early)) <= set(TEXTS[:3])
    assert set(texts(alice, "mitochondria", here, late)) <= set(TEXTS[3:])


@pytest.mark.usefixtures("stage", "conversation")
@pytest.mark.parametrize("condition", [Filter("role", "in", []), Filter("nothing", "eq", "x"), Filter("role", "eq", 3)])
def test_a_filter_that_is_not_valid_matches_nothing(alice: User, condition: Filter) -> None:
    assert texts(alice, "salt", condition) == []


@pytest.mark.usefixtures("stage", "conversation")
def test_phrases_are_required_and_words_excluded_in_a_search_but_not_in_a_message(alice: User) -> None:
    assert texts(alice, '"Krebs cycle"') == [TEXTS[2]]
    assert TEXTS[5] not in texts(alice, "bread -salt")
    assert TEXTS[5] in texts(alice, "bread -salt", operators=False)


@pytest.mark.usefixtures("stage")
def test_the_rows_of_others_change_no_score(alice: User, mallory: User, conversation: Conversation) -> None:
    before = hits(alice, "mitochondria and bread")
    MessageFactory.create_batch(5, conversation__owner=mallory, content="Mitochondria, mitochondria.")
    drain()
    after = hits(alice, "mitochondria and bread")
    assert [hit.text for hit in after] == [hit.text for hit in before]
    assert [hit.score for hit in after] == pytest.approx([hit.score for hit in before])


@pytest.mark.usefixtures("stage", "conversation")
def test_an_owner_without_messages_finds_nothing(mallory: User) -> None:
    assert texts(mallory, "salt") == []


@pytest.mark.usefixtures("stage", "conversation")
def test_a_date_in_the_question_raises_what_was_said_then(alice: User) -> None:
    june = MessageFactory(conversation__owner=alice, content=TEXTS[5], created_at=MAY.replace(month=6))
    drain()
    first, second, *_others = hits(alice, "flour in June")
    assert first.entity_id == june.pk
    assert first.score > second.score


@pytest.mark.usefixtures("conversation")
def test_of_a_long_message_the_passage_that_matches_is_shown(alice: User) -> None:
    filler = "\n\n".join(f"Paragraph {number} is about rivers and their sources." for number in range(200))
    message = MessageFactory(conversation__owner=alice, content=f"{filler}\n\nSalt comes from the sea.\n\n{filler}")
    drain()
    hit = hits(alice, "salt sea", mode=Mode.KEYWORD)[0]
    assert (hit.entity_id, "Salt comes from the sea." in hit.text) == (message.pk, True)
    assert len(hit.text) < len(message.content) / 2


def test_cards_are_found_without_neighbors(alice: User) -> None:
    maintenance.maintain_tables()
    CardFactory.create_batch(3, owner=alice, question="What is bread?")
    card = CardFactory(owner=alice, question="What does the liver store?", answer="Glycogen.")
    drain()
    found = find(owner_id=alice.pk, table="flashcards", query="glycogen liver", mode=Mode.HYBRID)
    assert found.hits[0].entity_id == card.pk


def test_arrays_are_kept_until_the_table_changes(
    alice: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert texts(alice, "yeast")
    with monkeypatch.context() as context:
        context.setattr(ranked_search, "read_rows", None)  # nothing is read
        assert texts(alice, "salt")
    MessageFactory(conversation=conversation, content="Baking powder is no yeast.")
    drain()
    assert "Baking powder is no yeast." in texts(alice, "yeast", mode=Mode.KEYWORD)
    Message.objects.filter(content=TEXTS[5]).get().delete()
    drain()
    assert texts(alice, "flour", mode=Mode.KEYWORD) == []


def test_only_so_many_arrays_are_kept(
    alice: User, mallory: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    MessageFactory(conversation__owner=mallory, content="Salt.")
    drain()
    kept_rows.clear()
    texts(alice, "salt")
    size = next(iter(kept_rows._kept.values()))[1].size
    monkeypatch.setattr("search.index.kept_rows.MAX_KEPT", size)
    texts(mallory, "salt")
    [(_uri, _table, owner_id)] = kept_rows._kept
    assert owner_id == mallory.pk


def test_a_table_from_before_an_upgrade_is_searched_by_its_texts(
    alice: User, conversation: Conversation, messages: Entity
) -> None:
    row = IndexTable.objects.get(table="messages", state=TableState.ACTIVE)
    lance_table(messages, row).open().drop_columns(["words", "asks", "has_cards"])
    assert texts(alice, "where does the Krebs cycle run")[:2] == [TEXTS[2], TEXTS[3]]
    assert texts(alice, "the Krebs cycle", Filter("has_cards", "eq", False)) == []


@pytest.mark.usefixtures("stage")
def test_a_table_from_before_an_upgrade_is_written(alice: User, conversation: Conversation, messages: Entity) -> None:
    row = IndexTable.objects.get(table="messages", state=TableState.ACTIVE)
    lance_table(messages, row).open().drop_columns(["has_cards"])
    MessageFactory(conversation=conversation, content="Beavers build dams.")
    drain()
    assert texts(alice, "beavers", mode=Mode.KEYWORD) == ["Beavers build dams."]
    assert texts(alice, "beavers", Filter("has_cards", "eq", False), mode=Mode.KEYWORD) == []


@pytest.mark.usefixtures("stage")
def test_messages_are_filtered_by_whether_they_have_cards(alice: User, conversation: Conversation) -> None:
    message = conversation.messages.get(content=TEXTS[3])
    create_card(owner=alice, question="What is the Krebs cycle?", answer="A cycle", message=message)
    drain()
    assert texts(alice, "Krebs cycle", Filter("has_cards", "eq", True)) == [TEXTS[3]]
    assert TEXTS[3] not in texts(alice, "Krebs cycle", Filter("has_cards", "eq", False))


def test_the_candidates_alone_are_ranked_if_their_conversations_are_too_long(
    alice: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranked_search, "MAX_ROWS", 0)
    monkeypatch.setattr(ranked_search, "MAX_ROWS_AROUND", 2)
    assert texts(alice, "salt", mode=Mode.KEYWORD) == [TEXTS[5]]
