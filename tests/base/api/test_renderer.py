import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from ninja.renderers import JSONRenderer

from accounts.models import Scope
from base.api.renderer import JsonRenderer

NOON = datetime(2026, 3, 10, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        UUID(int=7),
        NOON,
        NOON.replace(microsecond=0),
        NOON.replace(microsecond=7),
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        NOON.replace(tzinfo=None),
        date(2026, 3, 10),
        timedelta(days=2),
        Decimal("1.50"),
        Scope.READ,
        gettext_lazy("Review"),
        {"ä": [None, True, 1.5, "</script>"]},
    ],
)
def test_the_json_is_that_of_ninja(value: object) -> None:
    data = {"items": [value], "next": None}
    written = JsonRenderer().render(HttpRequest(), data, response_status=200)
    assert written == JSONRenderer().render(HttpRequest(), data, response_status=200)


def test_a_value_without_a_form_in_json_is_an_error() -> None:
    with pytest.raises(TypeError):
        JsonRenderer().render(HttpRequest(), object(), response_status=200)
    assert json.loads(JsonRenderer().render(HttpRequest(), [NOON], response_status=200)) == ["2026-03-10T12:00:00.123Z"]
