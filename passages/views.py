"""The page of remembered passages, and remembering one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from base.errors import NotFound
from base.http import Request, page, toast, wants_fragment
from base.models import database_time
from passages import services
from passages.forms import PassageForm, PassageListForm
from passages.queries import passages_of

PASSAGES_PER_PAGE = 50


@login_required
@require_GET
def passage_list(request: Request) -> HttpResponse:
    form = PassageListForm(request.GET)
    first = form.cleaned_data["first"] if form.is_valid() else None
    passages = Paginator(passages_of(request.user, first=first), PASSAGES_PER_PAGE)
    context = {"passages": passages.get_page(request.GET.get("page"))}
    return page(request, "passages/passage_list.html", context)


@login_required
@require_POST
def passage_create(request: Request) -> HttpResponse:
    form = PassageForm(request.POST)
    if not form.is_valid():
        raise NotFound
    message = request.user.messages.alive().get_or_not_found(form.cleaned_data["message_id"])
    remembered = services.remember_passage(message=message, text=form.cleaned_data["text"])
    text = _("Remembered. See Remembered passages in the settings.")
    toast(request, text if remembered.is_new else _("You remembered this before."))
    if wants_fragment(request):
        return page(request, "passages/passage_list.html", part="created")
    return redirect(message.get_absolute_url())


@login_required
@require_POST
def passage_delete(request: Request, passage_id: UUID) -> HttpResponse:
    passage = request.user.passages.alive().get_or_not_found(passage_id)
    services.delete_passage(passage=passage, at=database_time())
    toast(request, _("Passage deleted."), undo=reverse("passages:passage-restore", args=[passage.pk]))
    return redirect("passages:passage-list")


@login_required
@require_POST
def passage_restore(request: Request, passage_id: UUID) -> HttpResponse:
    """Undo of a deletion."""
    services.restore_passage(passage=request.user.passages.get_or_not_found(passage_id))
    return redirect("passages:passage-list")
