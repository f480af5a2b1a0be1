"""The settings pages of the account. Signing in, passwords and the second factor are allauth's, below /accounts/."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.forms import DeleteAccountForm, ProfileForm, TokenForm
from accounts.personal_data_export import export
from accounts.sign_in.sessions import enforce_rate_limit, require_password_again
from base.http import Request, page
from base.navigation import settings_groups
from base.postgresql.acting import KeepActing


@login_required
@require_GET
def settings(request: Request) -> HttpResponse:
    groups = settings_groups(is_staff=request.user.is_staff)
    return page(request, "accounts/settings.html", {"link_groups": groups})


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    if not form.is_valid():
        return page(request, "accounts/profile.html", {"form": form}, status=422 if form.is_bound else 200)
    services.rename_user(user=request.user, name=form.cleaned_data["name"])
    messages.success(request, _("Name saved."))
    return redirect("accounts:profile")


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    """Does not redirect after a POST, because the response is the only place where the new token appears."""
    if request.method == "POST":
        require_password_again(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    docs_url = reverse("api:openapi-view")
    context = {"form": form, "tokens": request.user.api_tokens.all(), "secret": None, "docs_url": docs_url}
    if not form.is_valid():
        return page(request, "accounts/tokens.html", context, status=422 if form.is_bound else 200)
    _token, secret = services.create_token(owner=request.user, **form.cleaned_data)
    return page(request, "accounts/tokens.html", {**context, "form": TokenForm(), "secret": secret}, status=201)


@login_required
@require_POST
def token_revoke(request: Request, token_id: UUID) -> HttpResponse:
    services.revoke_token(token=request.user.api_tokens.get_or_not_found(token_id))
    messages.success(request, _("Token revoked."))
    return redirect("accounts:tokens")


@login_required
@require_GET
def data(request: Request) -> HttpResponse:
    return page(request, "accounts/data.html", {"form": DeleteAccountForm(user=request.user)})


@login_required
@require_POST
def data_export(request: Request) -> StreamingHttpResponse:
    name = f"memoryloop-{timezone.now():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(KeepActing(export(request.user)), content_type="application/json", headers=headers)


@sensitive_post_parameters("password")
@login_required
@require_POST
def account_delete(request: Request) -> HttpResponse:
    enforce_rate_limit(request, "reauthenticate")
    form = DeleteAccountForm(request.POST, user=request.user)
    if not form.is_valid():
        return page(request, "accounts/data.html", {"form": form}, status=422)
    services.delete_account(user=request.user)
    logout(request)
    messages.success(request, _("Account deleted."))
    return redirect("account_login")
