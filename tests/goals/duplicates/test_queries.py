import pytest

from accounts.models import User
from bench.similar_goals import by_words, by_words_and_meaning, load
from goals.duplicates.queries import similar_goals
from tests.factories import GoalFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "least_recall"), [(by_words_and_meaning, 0.85), (by_words, 0.8)])
def test_the_labelled_pairs_are_told_apart(method: object, least_recall: float) -> None:
    """docs/decisions/0033 has the figures."""
    assert callable(method)
    pairs = load()
    assert len(pairs) >= 150
    called = method([pair.titles for pair in pairs])
    right = sum(pair.same and is_same for pair, is_same in zip(pairs, called, strict=True))
    assert right / sum(called) >= 0.95
    assert right / sum(pair.same for pair in pairs) >= least_recall


def test_the_most_similar_of_the_users_living_goals_come_first(alice: User) -> None:
    same, near = GoalFactory(owner=alice, title="Python programming"), GoalFactory(owner=alice, title="Code in Python")
    for title, fields in [
        ("Python programming", {"status": "archived"}),
        ("Ruby programming", {}),
        ("Python 2 programming", {}),
    ]:
        GoalFactory(owner=alice, title=title, **fields)
    GoalFactory(title="Python programming")
    found = similar_goals(owner=alice, title="Learn Python programming")
    assert [item.goal for item in found.items] == [same, near]
    assert found.items[0].similarity == 1 > found.items[1].similarity > 0.66
    assert found.notice == ""
    assert [
        item.goal for item in similar_goals(owner=alice, title="Learn Python programming", without=[same.pk]).items
    ] == [near]


def test_without_the_embedder_words_are_compared_and_the_user_is_told(alice: User, with_ollama: OllamaStandIn) -> None:
    GoalFactory(owner=alice, title="Learn the chords on guitar")
    GoalFactory(owner=alice, title="Take better photos")
    with_ollama.configure(status=503)
    found = similar_goals(owner=alice, title="Guitar chords")
    assert [item.goal.title for item in found.items] == ["Learn the chords on guitar"]
    assert found.notice == "Only the words were compared, because the embedding model is not answering."
