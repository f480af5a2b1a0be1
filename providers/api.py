"""API keys of providers, and the models that can be chosen. A key can be stored but never read."""

from ninja import Router

from accounts.models import Scope
from accounts.sign_in.api_authentication import session_or_token
from base.api.document import raises
from base.http import ApiRequest
from providers import services
from providers.errors import KeyMalformed, KeyMissing
from providers.model_list.listing import list_models
from providers.queries import key_status
from providers.schemas import KeyAnswer, KeyedProvider, Model, Models, NewKey, Validation, ValidationAnswer

router = Router(tags=["Models and keys"])
ACCOUNT = session_or_token(Scope.ACCOUNT)


@router.get("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
def key_show(request: ApiRequest, provider: KeyedProvider = "claude") -> KeyAnswer:
    return KeyAnswer.of(key_status(owner=request.user, provider=provider))


@router.post("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
@raises(KeyMalformed, KeyMissing)
def key_store(request: ApiRequest, body: NewKey, provider: KeyedProvider = "claude") -> KeyAnswer:
    """Stores the key in place of any other and asks the provider whether it takes it."""
    services.store_key(owner=request.user, provider=provider, key=body.key.get_secret_value())
    services.validate_key(owner=request.user, provider=provider)
    return KeyAnswer.of(key_status(owner=request.user, provider=provider))


@router.delete("/settings/api-key", response=KeyAnswer, auth=ACCOUNT)
def key_forget(request: ApiRequest, provider: KeyedProvider = "claude") -> KeyAnswer:
    services.forget_key(owner=request.user, provider=provider)
    return KeyAnswer.of(key_status(owner=request.user, provider=provider))


@router.post("/settings/api-key/validate", response=ValidationAnswer, auth=ACCOUNT)
@raises(KeyMissing)
def key_validate(request: ApiRequest, body: Validation) -> ValidationAnswer:
    return ValidationAnswer.of(services.validate_key(owner=request.user, provider=body.provider))


@router.get("/models", response=Models)
def model_list(request: ApiRequest) -> Models:
    """Waits at most a few seconds for providers that were not asked lately."""
    return Models(items=[Model.of(model) for model in list_models(owner=request.user)])


ROUTERS = {"": router}
