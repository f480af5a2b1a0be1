import pytest

from providers.builtin.relevance import central, nearest

FACTS = [
    "The Bastille was stormed in 1789.",
    "Robespierre led the Committee during the Terror.",
    "Napoleon took power in the coup of Brumaire.",
    "The revolution began in 1789.",
]


def test_the_sentence_that_shares_the_rarest_words_is_nearest() -> None:
    assert nearest("When was the Bastille stormed?", FACTS, limit=3)[0] == 0
    assert nearest("Who led the Terror?", FACTS, limit=3) == [1]


def test_a_sentence_about_something_else_is_left_out() -> None:
    assert nearest("How do vaccines work?", FACTS, limit=3) == []
    assert nearest("What is it?", FACTS, limit=3) == []
    assert nearest("Bastille", [], limit=3) == []


def test_the_number_of_sentences_is_limited() -> None:
    assert len(nearest("1789", FACTS, limit=1)) == 1


def test_the_central_sentences_contain_the_words_that_others_share() -> None:
    text = ["Cells divide.", "A cell has a membrane.", "The membrane of a cell lets water in.", "Hello there."]
    assert sorted(central(text, limit=2)) == [1, 2]
    assert central([], limit=3) == []


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Which reactions does a theory explain?", ["The cell divides.", "Theories explain how a substance reacts."]),
        ("Wo steht ein Haus?", ["Die Kinder lernen.", "Die Häuser stehen am Fluss."]),
        ("Qui a vu le cheval ?", ["Le chat dort.", "Les chevaux sont dans le pré."]),
        ("¿Qué acelera una reacción?", ["La célula se divide.", "Las enzimas aceleran las reacciones."]),
    ],
)
def test_a_sentence_is_found_by_other_forms_of_its_words(question: str, facts: list[str]) -> None:
    assert nearest(question, facts, limit=1) == [1]
