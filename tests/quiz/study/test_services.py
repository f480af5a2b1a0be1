from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from flashcards.models import Card, CardStatus
from flashcards.services import create_card
from goals.models import SkillNode
from quiz.errors import AlreadyTested, TooFewQuestions
from quiz.models import Review, SkillTest
from quiz.study.services import answer_question, mark_known, mark_of, restore_mark, start_test, undo_answer
from tests.factories import CardFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
EASY = 8.2956  # days of stability, by the default weights of FSRS-6


@pytest.fixture
def skill(alice: User) -> SkillNode:
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice)
    return skill


def take(skill: SkillNode, answers: str, at: datetime = NOON) -> SkillTest:
    """Answer a test: "+" is an answer that was known."""
    test = start_test(owner=skill.owner, skill=skill, at=at)
    for number, answer in enumerate(answers):
        test = answer_question(test=test, number=number, known=answer == "+", at=at)
    skill.refresh_from_db()
    return test


@pytest.mark.parametrize(("answers", "passed"), [("+++++", True), ("+-+++", True), ("+-+-+", False)])
def test_four_of_five_pass_and_no_schedule_changes(alice: User, skill: SkillNode, answers: str, passed: bool) -> None:
    CardFactory.create_batch(6, owner=alice, skill=skill)
    before = list(Card.objects.order_by("pk").values())
    test = take(skill, answers)
    assert (test.ended_at, test.passed, skill.known_at) == (NOON, passed, NOON if passed else None)
    assert list(Card.objects.order_by("pk").values()) == before
    assert not Review.objects.exists()


def test_questions_are_of_five_notes_of_the_skill_and_of_those_below(alice: User, skill: SkillNode) -> None:
    below = SkillNodeFactory(parent=skill)
    CardFactory.create_batch(3, owner=alice, skill=below)
    for card in create_card(owner=alice, kind="reverse", question="Hund", answer="dog"):
        Card.objects.filter(pk=card.pk).update(skill=skill)
    CardFactory.create_batch(2, owner=alice, skill=skill, status=CardStatus.SUSPENDED)
    CardFactory.create_batch(5, owner=alice)
    with pytest.raises(TooFewQuestions):
        start_test(owner=alice, skill=skill, at=NOON)
    drafts = CardFactory.create_batch(4, owner=alice, skill=below, status=CardStatus.DRAFT)
    drawn = Card.objects.in_bulk(start_test(owner=alice, skill=skill, at=NOON).cards)
    assert len({card.note_id for card in drawn.values()}) == 5
    assert sum(card in drawn.values() for card in drafts) == 1  # drafts only make up for what is missing


def test_an_open_test_is_continued_with_its_questions(alice: User, skill: SkillNode) -> None:
    cards = CardFactory.create_batch(9, owner=alice, skill=skill)
    test = start_test(owner=alice, skill=skill, at=NOON)
    assert start_test(owner=alice, skill=skill, at=NOON + timedelta(hours=11)) == test
    assert start_test(owner=alice, skill=skill, at=NOON + timedelta(hours=13)) != test
    Card.objects.filter(pk__in=[card.pk for card in cards[:4]]).update(deleted_at=NOON)
    again = start_test(owner=alice, skill=skill, at=NOON + timedelta(hours=13))
    assert again.cards[0] not in {card.pk for card in cards[:4]}
    assert SkillTest.objects.count() == 1


def test_the_same_answer_counts_once_and_can_be_undone_until_the_end(alice: User, skill: SkillNode) -> None:
    CardFactory.create_batch(5, owner=alice, skill=skill)
    test = start_test(owner=alice, skill=skill, at=NOON)
    for number, known in ((0, True), (0, False), (3, True)):
        test = answer_question(test=test, number=number, known=known, at=NOON)
    assert test.answers == [True]
    assert undo_answer(test=test).answers == []
    ended = take(skill, "-----")
    assert undo_answer(test=ended).answers == [False] * 5
    assert answer_question(test=ended, number=5, known=True, at=NOON).answers == [False] * 5


def test_a_test_is_taken_once_a_day(alice: User, skill: SkillNode) -> None:
    CardFactory.create_batch(5, owner=alice, skill=skill)
    take(skill, "-----")
    with pytest.raises(AlreadyTested):
        start_test(owner=alice, skill=skill, at=NOON + timedelta(hours=15))
    assert start_test(owner=alice, skill=skill, at=NOON + timedelta(hours=16)).answers == []  # 4:00 is tomorrow


def test_a_skill_known_again_is_known_for_longer(alice: User, skill: SkillNode) -> None:
    assert mark_known(skill=skill, at=NOON) is None
    skill.refresh_from_db()
    first = mark_of(skill)
    assert skill.known_at == NOON
    assert skill.known_stability == pytest.approx(EASY)
    assert mark_known(skill=skill, at=NOON + timedelta(days=8)) == first
    skill.refresh_from_db()
    assert skill.known_stability is not None
    assert skill.known_stability > 2 * EASY
    restore_mark(skill=skill, mark=first)
    skill.refresh_from_db()
    assert mark_of(skill) == first
    restore_mark(skill=skill, mark=None)
    skill.refresh_from_db()
    assert mark_of(skill) is None
