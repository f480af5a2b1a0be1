"""The settings page "Programs"."""

import sys
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import create_token, revoke_token
from accounts.sign_in.sessions import require_password_again
from base.http import Request, page
from mcp_server.forms import ProgramForm
from mcp_server.snippets import Snippets

PLACEHOLDER = "YOUR_TOKEN"


@login_required
@require_http_methods(["GET", "POST"])
def programs(request: Request) -> HttpResponse:
    """Does not redirect after a POST, because the response is the only place where the new token appears."""
    if request.method == "POST":
        require_password_again(request)
    form, secret = ProgramForm(request.POST if request.method == "POST" else None), ""
    status = 422 if form.is_bound else 200
    if form.is_valid():
        _token, secret = create_token(owner=request.user, name=form.cleaned_data["name"], scopes=form.scopes)
        form, status = ProgramForm(), 201
    snippets = _snippets(request, secret or PLACEHOLDER)
    context = {"form": form, "secret": secret, "tokens": request.user.api_tokens.all(), "snippets": snippets}
    context["docs_url"] = reverse("api:openapi-view")
    return page(request, "mcp_server/programs.html", context, status=status)


def _snippets(request: Request, token: str) -> Snippets:
    # Where the server is installed is for its operator only.
    python, root = (sys.executable, settings.BASE_DIR) if request.user.is_staff else ("python", "/path/to/memoryloop")
    site = request.build_absolute_uri("/").rstrip("/")
    return Snippets.of(site=site, token=token, python=python, manage=f"{root}/manage.py")


@login_required
@require_POST
def program_token_revoke(request: Request, token_id: UUID) -> HttpResponse:
    revoke_token(token=request.user.api_tokens.get_or_not_found(token_id))
    messages.success(request, _("Token revoked."))
    return redirect("mcp_server:programs")
