from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from quiz.models import ParameterSet, ReviewSettings
from quiz.scheduling.fsrs_scheduler import DEFAULT_WEIGHTS
from tests.factories import CardFactory, GenerationFactory, ReviewFactory, UserFactory


@pytest.mark.parametrize(
    "name",
    ["flashcards_card", "flashcards_generation", "quiz_review", "quiz_reviewsettings", "quiz_parameterset"],
)
def test_an_operator_sees_every_model(alice: User, client_of: Callable[[User], Client], name: str) -> None:
    review = ReviewFactory(card=CardFactory(owner=alice))
    rows = {
        "flashcards_card": review.card,
        "flashcards_generation": GenerationFactory(owner=alice),
        "quiz_review": review,
        "quiz_reviewsettings": ReviewSettings.objects.create(owner=alice),
        "quiz_parameterset": ParameterSet.objects.create(owner=alice, weights=list(DEFAULT_WEIGHTS)),
    }
    operator = client_of(UserFactory(is_staff=True, is_superuser=True))
    assert alice.email in operator.get(reverse(f"admin:{name}_changelist")).text
    assert operator.get(reverse(f"admin:{name}_change", args=[rows[name].pk])).status_code == 200


def test_the_plural_of_review_settings_is_right(db: None, client_of: Callable[[User], Client]) -> None:
    operator = client_of(UserFactory(is_staff=True, is_superuser=True))
    page = operator.get(reverse("admin:index")).text
    assert "Review settings" in page
    assert "settingss" not in page
