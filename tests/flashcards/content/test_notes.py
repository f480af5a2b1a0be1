from flashcards.content.fingerprint import normalize
from flashcards.content.notes import cards_of
from flashcards.models import Card, CardKind


def test_the_text_of_a_note_with_many_cards_is_normalized_once() -> None:
    question = "".join(f"{{{{c{number}::**a}}}} " for number in range(1, 100))
    normalize.cache_clear()
    assert len({card.fingerprint for card in cards_of(Card(kind=CardKind.CLOZE, question=question))}) == 99
    assert normalize.cache_info().misses == 1
