"""The pages of projects and memories."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from base.http import Request, page

MEMORIES_PER_PAGE = 50


@login_required
@require_GET
def project_list(request: Request) -> HttpResponse:
    return page(request, "memories/project_list.html", {"projects": request.user.projects.current().order_by("name")})


@login_required
@require_GET
def project_detail(request: Request, project_id: UUID) -> HttpResponse:
    project = request.user.projects.alive().get_or_not_found(project_id)
    memories = Paginator(project.memories.alive().newest_first(), MEMORIES_PER_PAGE)
    context = {"project": project, "memories": memories.get_page(request.GET.get("page"))}
    return page(request, "memories/project_detail.html", context)


@login_required
@require_GET
def memory_detail(request: Request, memory_id: UUID) -> HttpResponse:
    memory = request.user.memories.alive().select_related("project").get_or_not_found(memory_id)
    return page(request, "memories/memory_detail.html", {"memory": memory})
