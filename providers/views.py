"""The page of keys and models. A stored key is never shown again."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from base.errors import NotFound
from base.http import Request, page, toast
from providers import services
from providers.forms import KeyForm
from providers.keys.keyed_providers import PROVIDERS_WITH_KEYS
from providers.model_list.listing import cached_models, list_models
from providers.queries import key_statuses


@login_required
@require_GET
def keys(request: Request) -> HttpResponse:
    return page(request, "providers/keys.html", _context(request.user, KeyForm()))


@login_required
@require_GET
def models(request: Request) -> HttpResponse:
    """The list of models, after waiting for the providers. The page shows the cached list until this one is loaded."""
    context = {**_context(request.user, KeyForm()), "models": list_models(owner=request.user), "complete": True}
    return page(request, "providers/keys.html", context, part="models")


@sensitive_post_parameters("key")
@login_required
@require_POST
def key_store(request: Request, provider: str) -> HttpResponse:
    _check_takes_key(provider)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return page(request, "providers/keys.html", _context(request.user, form), part="keys", status=422)
    services.store_key(owner=request.user, provider=provider, key=form.cleaned_data["key"])
    services.validate_key(owner=request.user, provider=provider)
    return redirect("providers:keys")


@login_required
@require_POST
def key_validate(request: Request, provider: str) -> HttpResponse:
    _check_takes_key(provider)
    services.validate_key(owner=request.user, provider=provider)
    return redirect("providers:keys")


@login_required
@require_POST
def key_forget(request: Request, provider: str) -> HttpResponse:
    _check_takes_key(provider)
    services.forget_key(owner=request.user, provider=provider)
    toast(request, _("Key removed."))
    return redirect("providers:keys")


def _context(owner: User, form: KeyForm) -> dict[str, Any]:
    return {"keys": key_statuses(owner=owner), "form": form, "models": cached_models(owner=owner)}


def _check_takes_key(provider: str) -> None:
    if provider not in PROVIDERS_WITH_KEYS:
        raise NotFound
