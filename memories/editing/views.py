"""Writing, changing and deleting a memory."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from base.models import database_time
from memories import services
from memories.editing.forms import EXAMPLE, MemoryEditForm, NewMemoryForm, initial_of
from memories.queries import project_names

CREATE, EDIT = "memories/memory_create.html", "memories/memory_edit.html"


@login_required
@require_http_methods(["GET", "POST"])
def memory_create(request: Request) -> HttpResponse:
    form = NewMemoryForm(request.POST or None, initial={"project": request.GET.get("project", ""), "record": EXAMPLE})
    projects = project_names(owner=request.user)
    if form.is_valid():
        try:
            saved = services.save_memory(owner=request.user, project=form.cleaned_data["project"], **form.values)
            toast(request, _("Memory saved."))
            return redirect(saved.memory)
        except MemoryLoopError as error:
            form.add_refusal(error)
    return page(request, CREATE, {"form": form, "projects": projects}, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def memory_edit(request: Request, memory_id: UUID) -> HttpResponse:
    memory = request.user.memories.alive().select_related("project").get_or_not_found(memory_id)
    form = MemoryEditForm(request.POST or None, initial=initial_of(memory))
    if form.is_valid():
        try:
            services.change_memory(memory=memory, **form.values)
            toast(request, _("Memory saved."))
            return redirect(memory)
        except MemoryLoopError as error:
            form.add_refusal(error)
    return page(request, EDIT, {"form": form, "memory": memory}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def memory_delete(request: Request, memory_id: UUID) -> HttpResponse:
    memory = request.user.memories.alive().select_related("project").get_or_not_found(memory_id)
    services.delete_memory(memory=memory, at=database_time())
    toast(request, _("Memory deleted."), undo=reverse("memories:memory-restore", args=[memory.pk]))
    return redirect(memory.project)


@login_required
@require_POST
def memory_restore(request: Request, memory_id: UUID) -> HttpResponse:
    """Undo of a deletion."""
    return redirect(services.restore_memory(memory=request.user.memories.get_or_not_found(memory_id)))
