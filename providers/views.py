"""The page of keys and models. A key goes in by POST and is never shown again."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from base.http import Request, page, toast
from providers import services
from providers.forms import KeyForm
from providers.keyed import KEYED
from providers.model_list import known_models, offered_models
from providers.queries import key_statuses


@login_required
@require_GET
def keys(request: Request) -> HttpResponse:
    return page(request, "providers/keys.html", _shown(request.user, KeyForm()))


@login_required
@require_GET
def models(request: Request) -> HttpResponse:
    """Waits for the providers; the page itself shows what is known and asks for this afterwards."""
    context = {**_shown(request.user, KeyForm()), "offers": offered_models(owner=request.user), "complete": True}
    return page(request, "providers/keys.html", context, part="models")


@sensitive_post_parameters("key")
@login_required
@require_POST
def key_store(request: Request, provider: str) -> HttpResponse:
    _must_take_a_key(provider)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return page(request, "providers/keys.html", _shown(request.user, form), part="keys", status=422)
    services.store_key(owner=request.user, provider=provider, key=form.cleaned_data["key"])
    services.validate_key(owner=request.user, provider=provider)
    return redirect("providers:keys")


@login_required
@require_POST
def key_validate(request: Request, provider: str) -> HttpResponse:
    _must_take_a_key(provider)
    services.validate_key(owner=request.user, provider=provider)
    return redirect("providers:keys")


@login_required
@require_POST
def key_forget(request: Request, provider: str) -> HttpResponse:
    _must_take_a_key(provider)
    services.forget_key(owner=request.user, provider=provider)
    toast(request, _("The key is removed."))
    return redirect("providers:keys")


def _shown(owner: User, form: KeyForm) -> dict[str, Any]:
    return {"keys": key_statuses(owner=owner), "form": form, "offers": known_models(owner=owner)}


def _must_take_a_key(provider: str) -> None:
    if provider not in KEYED:
        raise Http404
