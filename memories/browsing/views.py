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
    context: dict[str, object] = {"project": project, "form": form, "options": filter_options(project), **_urls_about(project)}
    if not form.is_valid():
        return page(request, "memories/project_detail.html", context, part="memories", status=422)
    filters = form.filters(project)
    if form.query:
        context["results"] = find_memories(owner=request.user, query=form.query, filters=filters, limit=RESULTS_SHOWN)
    else:
        size = None if form.chips else project.size
        context["memories"] = list_memories(
            owner=request.user, filters=filters, known_count=size, number=request.GET.get("page")
        )
    return page(request, "memories/project_detail.html", context, part="memories")


def _urls_about(project: Project) -> dict[str, str]:
    """The pages that a query string tells about the project."""
    about = urlencode({"project": project.name})
    return {
        "new_url": f"{reverse('memories:memory-create')}?{about}",
        "import_url": f"{reverse('memories:memory-import')}?{about}",
    }


@login_required
@require_GET
def memory_detail(request: Request, memory_id: UUID) -> HttpResponse:
    memory = request.user.memories.alive().select_related("project").defer("data").get_or_not_found(memory_id)
    return page(request, "memories/memory_detail.html", {"memory": memory})
