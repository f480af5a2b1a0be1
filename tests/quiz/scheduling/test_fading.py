from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from flashcards.models import CardState, CardStatus
from quiz.models import ReviewSettings
from quiz.scheduling.fading import fading_cards
from tests.factories import CardFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db
AT = timezone.now()
SEEN = {"state": CardState.REVIEW, "stability": 10.0, "difficulty": 5.0, "reps": 3}


@pytest.mark.parametrize(
    ("days", "due_in", "desired", "fading"),
    [
        (9, 1, 0.9, False),  # recall 91 %
        (12, 1, 0.9, True),  # recall 89 %, though not due
        (12, 1, 0.8, False),
        (9, -1, 0.8, True),  # due
    ],
)
def test_a_card_fades_when_it_is_due_or_below_the_desired_retention(
    alice: User, days: int, due_in: int, desired: float, fading: bool
) -> None:
    ReviewSettings.objects.create(owner=alice, desired_retention=desired)
    card = CardFactory(owner=alice, last_review=AT - timedelta(days=days), due=AT + timedelta(days=due_in), **SEEN)
    assert (card in fading_cards([card], at=AT)) is fading


def test_a_new_and_a_suspended_card_do_not_fade(alice: User) -> None:
    new = CardFactory(owner=alice, due=AT - timedelta(days=1))
    suspended = CardFactory(owner=alice, status=CardStatus.SUSPENDED, due=AT - timedelta(days=1), **SEEN)
    assert fading_cards([new, suspended], at=AT) == set()


def test_the_desired_retention_of_the_goal_overrides_that_of_the_owner(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__desired_retention=0.8)
    reviewed = {"last_review": AT - timedelta(days=12), "due": AT + timedelta(days=1), **SEEN}  # recall 89 %
    of_goal, other = CardFactory(owner=alice, skill=skill, **reviewed), CardFactory(owner=alice, **reviewed)
    assert fading_cards([of_goal, other], at=AT) == {other}
