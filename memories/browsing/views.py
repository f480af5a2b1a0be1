"""The page of a project, which lists its memories, and the page of a memory."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from base.http import Request, page
from memories.browsing.forms import MemoryFilterForm
from memories.browsing.queries import filter_options, list_memories
from memories.models import Project
from memories.search.queries import find_memories

RESULTS_SHOWN = 50


@login_required
@require_GET
def project_detail(request: Request, project_id: UUID) -> HttpResponse:
    """The memories that match the filters, the newest first; those that match words, the best first."""
    project = request.user.projects.alive().get_or_not_found(project_id)
    form = MemoryFilterForm(request.GET)
    listed = _listed(request, project, form) if form.is_valid() else {}
    context = {"form": form, **_about(project), **listed}
    template = "memories/project_detail.html"
    return page(request, template, context, part="memories", status=200 if form.is_valid() else 422)


def _listed(request: Request, project: Project, form: MemoryFilterForm) -> dict[str, object]:
    """What a search has found, or one page of the list."""
    filters = form.filters(project)
    if form.query:
        found = find_memories(owner=request.user, query=form.query, filters=filters, limit=RESULTS_SHOWN)
        return {"results": found}
    size = None if form.chips else project.size
    number = request.GET.get("page")
    return {"memories": list_memories(owner=request.user, filters=filters, known_count=size, number=number)}


def _about(project: Project) -> dict[str, object]:
    """The project, what its filters propose, and the pages that a query string tells about it."""
    about = urlencode({"project": project.name})
    return {
        "project": project,
        "options": filter_options(project),
        "new_url": f"{reverse('memories:memory-create')}?{about}",
        "import_url": f"{reverse('memories:memory-import')}?{about}",
        "export_url": f"{reverse('api:memory_export')}?{about}",
    }


@login_required
@require_GET
def memory_detail(request: Request, memory_id: UUID) -> HttpResponse:
    memory = request.user.memories.alive().select_related("project").defer("data").get_or_not_found(memory_id)
    return page(request, "memories/memory_detail.html", {"memory": memory})
