from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from base.sql.templates import NotATemplate, template_of
from chat.models import Message, Role
from flashcards.models import Card
from quiz.models import Review

pytestmark = pytest.mark.django_db


def test_values_become_placeholders_and_other_parameters_stay() -> None:
    template, _ = template_of(
        lambda owner_id, at, text: Message.objects.filter(
            owner_id=owner_id, created_at__lt=at, content=text, role=Role.USER
        ),
        {"owner_id": UUID, "at": datetime, "text": str},
    )
    assert all(f"%({name})s" in template.sql for name in ("owner_id", "at", "text"))
    assert list(template.constants.values()) == ["user"]


def test_the_end_of_a_slice_is_a_placeholder() -> None:
    template, _ = template_of(lambda limit: Card.objects.order_by("pk")[:limit], {"limit": int})
    assert template.sql.endswith("LIMIT %(limit)s")
    assert template.constants == {}


def test_a_percent_sign_in_a_text_stays_one() -> None:
    template, _ = template_of(lambda day: Review.objects.filter(day=day).extra(where=["'%%' <> ''"]), {"day": date})
    assert "'%%' <> ''" in template.sql


@pytest.mark.parametrize(
    ("build", "types"),
    [
        (lambda at: Card.objects.filter(due__lt=at + timedelta(minutes=20)), {"at": datetime}),
        (lambda limit: Card.objects.all()[: limit + 1], {"limit": int}),
        (lambda owner_id: Card.objects.filter(owner_id=uuid4()), {"owner_id": UUID}),
    ],
)
def test_a_query_that_computes_with_its_values_is_refused(build: Any, types: dict[str, type]) -> None:
    with pytest.raises(NotATemplate):
        template_of(build, types)
