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
