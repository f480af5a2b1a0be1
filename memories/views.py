"""The pages of projects. Those of their memories are in `browsing`, `editing` and `importing`."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from base.models import database_time
from memories import services
from memories.forms import ProjectForm, ProjectListForm, ProjectSwitchForm, values_of


@login_required
@require_GET
def project_list(request: Request) -> HttpResponse:
    form = ProjectListForm(request.GET)
    projects = list(request.user.projects.alive().filter(archived_at__isnull=not form.archived).order_by("name"))
    has_projects = bool(projects) or request.user.projects.alive().exists()
    context = {"archived": form.archived, "projects": projects, "has_projects": has_projects}
    return page(request, "memories/project_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def project_create(request: Request) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect(services.create_project(owner=request.user, **form.cleaned_data))
        except MemoryLoopError as error:
            return _name_refused(request, "memories/project_create.html", form, error)
    return page(request, "memories/project_create.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def project_edit(request: Request, project_id: UUID) -> HttpResponse:
    project = request.user.projects.alive().get_or_not_found(project_id)
    form = ProjectForm(request.POST or None, initial=values_of(project))
    context = {"form": form, "project": project}
    if form.is_valid():
        try:
            services.change_project(project=project, at=database_time(), **form.cleaned_data)
        except MemoryLoopError as error:
            return _name_refused(request, "memories/project_edit.html", form, error, project=project)
        toast(request, _("Project saved."))
        return redirect(project)
    return page(request, "memories/project_edit.html", context, status=422 if form.is_bound else 200)


def _name_refused(
    request: Request, template: str, form: forms.Form, error: MemoryLoopError, **context: object
) -> HttpResponse:
    form.add_error("name", error.detail)
    return page(request, template, {"form": form, **context}, status=422)


@login_required
@require_POST
def project_change(request: Request, project_id: UUID) -> HttpResponse:
    """Turn one of its switches on or off."""
    project = request.user.projects.alive().get_or_not_found(project_id)
    form = ProjectSwitchForm(request.POST)
    if form.is_valid():
        services.change_project(project=project, at=database_time(), **form.changes())
    return redirect(project)


@login_required
@require_POST
def project_delete(request: Request, project_id: UUID) -> HttpResponse:
    project = request.user.projects.alive().get_or_not_found(project_id)
    services.delete_project(project=project, at=database_time())
    undo = reverse("memories:project-restore", args=[project.pk])
    toast(request, _("Project deleted with its memories."), undo=undo)
    return redirect("memories:project-list")


@login_required
@require_POST
def project_restore(request: Request, project_id: UUID) -> HttpResponse:
    """Undo of a deletion."""
    return redirect(services.restore_project(project=request.user.projects.get_or_not_found(project_id)))
