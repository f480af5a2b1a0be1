"""Health for load balancers and operators."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from accounts.models import Scope
from accounts.sign_in.api_authentication import authenticate
from base.errors import MemoryLoopError, Unavailable
from base.http import ApiRequest
from operations.health import Standing, postgres_answers, recent_report

router = Router(tags=["health"], auth=None)


class Health(Schema):
    """`checks` is for staff only: it says what runs here and where it hurts."""

    status: Standing
    checks: dict[str, dict[str, Any]] | None = None


@router.get("", response={200: Health, 503: Health}, exclude_none=True)
def health(request: HttpRequest, response: HttpResponse) -> Status[dict[str, Any]]:
    """How the server stands: 503 only when it can't serve at all."""
    report = recent_report()
    body: dict[str, Any] = {"status": report.status}
    # Authentication needs PostgreSQL.
    if report.status != Standing.DOWN and _is_staff(request):
        body["checks"] = report.checks
    return _down(response) if report.status == Standing.DOWN else Status(200, body)


@router.get("/live", response=Health, exclude_none=True)
def live(request: HttpRequest) -> dict[str, Any]:
    """This process answers; nothing else is asked."""
    return {"status": Standing.OK}


@router.get("/ready", response={200: Health, 503: Health}, exclude_none=True)
def ready(request: HttpRequest, response: HttpResponse) -> Status[dict[str, Any]]:
    """Requests can be served: PostgreSQL answers."""
    return Status(200, {"status": Standing.OK}) if postgres_answers() else _down(response)


def _down(response: HttpResponse) -> Status[dict[str, Any]]:
    response["Retry-After"] = str(Unavailable.retry_after)
    return Status(503, {"status": Standing.DOWN})


def _is_staff(request: HttpRequest) -> bool:
    try:
        return authenticate(cast(ApiRequest, request), Scope.READ).is_staff
    except MemoryLoopError:
        return False


ROUTERS = {"/health": router}
