"""API keys of providers, and the models that can be chosen. A key goes in and never comes out."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Router, Schema
from pydantic import SecretStr

from accounts.models import Scope
from accounts.sign_in.api_authentication import signed_in
from base.http import ApiRequest
from providers import services
from providers.model_list import offered_models
from providers.queries import KeyStatus, key_status

router = Router(tags=["Models and keys"])
ACCOUNT = signed_in(Scope.ACCOUNT)
Keyed = Literal["claude"]


class NewKey(Schema):
    # A secret, so that no traceback or report prints it.
    key: SecretStr = Field(max_length=1000)


class KeyAnswer(Schema):
    """`valid` is null while the provider could not be asked; `detail` says why."""

    provider: str
    present: bool
    last4: str
    valid: bool | None
    detail: str
    validated_at: datetime | None


class Validation(Schema):
    provider: Keyed = "claude"


class ValidationAnswer(Schema):
    valid: bool | None
    detail: str


class Model(Schema):
    provider: str
    model: str
    label: str
    available: bool
    detail: str


class Models(Schema):
    items: list[Model]


@router.get("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
def key_show(request: ApiRequest, provider: Keyed = "claude") -> KeyStatus:
    return key_status(owner=request.user, provider=provider)


@router.post("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
def key_store(request: ApiRequest, body: NewKey, provider: Keyed = "claude") -> KeyStatus:
    """Stores the key in place of any other and asks the provider whether it takes it."""
    services.store_key(owner=request.user, provider=provider, key=body.key.get_secret_value())
    services.validate_key(owner=request.user, provider=provider)
    return key_status(owner=request.user, provider=provider)


@router.delete("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
def key_forget(request: ApiRequest, provider: Keyed = "claude") -> KeyStatus:
    services.forget_key(owner=request.user, provider=provider)
    return key_status(owner=request.user, provider=provider)


@router.post("/settings/api-key/validate", response=ValidationAnswer, auth=ACCOUNT)
def key_validate(request: ApiRequest, body: Validation) -> dict[str, Any]:
    key = services.validate_key(owner=request.user, provider=body.provider)
    return {"valid": key.valid, "detail": key.detail}


@router.get("/models", response=Models)
def model_list(request: ApiRequest) -> dict[str, Any]:
    """Waits at most a few seconds for providers that were not asked lately."""
    return {"items": [asdict(offer) for offer in offered_models(owner=request.user)]}


ROUTERS = {"": router}
