"""Importing a file of memories, with a preview of what it would do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from memories.bulk.reading import read_lines
from memories.bulk.report import Report
from memories.bulk.services import write_lines
from memories.importing.forms import ImportForm
from memories.importing.queries import ImportPreview, preview_import
from memories.queries import project_names

TEMPLATE = "memories/memory_import.html"


@login_required
@require_http_methods(["GET", "POST"])
def memory_import(request: Request) -> HttpResponse:
    """Show what the file would do; with `confirm`, import it."""
    files = request.FILES if request.method == "POST" else None
    form = ImportForm(request.POST or None, files, initial={"project": request.GET.get("project", "")})
    context: dict[str, object] = {"form": form, "projects": project_names(owner=request.user)}
    if not form.is_valid():
        return page(request, TEMPLATE, context, part="preview", status=422 if form.is_bound else 200)
    try:
        if "confirm" in request.POST:
            report = _import(request, form)
            if report.created or report.updated:
                return _imported(request, report)
        context["preview"] = _preview(request, form)
    except MemoryLoopError as error:
        form.add_error("file", error.detail)
    status = 422 if form.errors or "confirm" in request.POST else 200
    return page(request, TEMPLATE, context, part="preview", status=status)


def _preview(request: Request, form: ImportForm) -> ImportPreview:
    sent = form.cleaned_data
    chunks = sent["file"].chunks()
    return preview_import(owner=request.user, chunks=chunks, project=sent["project"], partial=sent["partial"])


def _import(request: Request, form: ImportForm) -> Report:
    sent = form.cleaned_data
    lines = read_lines(sent["file"].chunks())
    return write_lines(owner=request.user, lines=lines, project=sent["project"], partial=sent["partial"])


def _imported(request: Request, report: Report) -> HttpResponse:
    """Say what was written, and show the project if there is only one."""
    parts = [
        (report.created, ngettext("%d memory imported.", "%d memories imported.", report.created)),
        (report.updated, ngettext("%d memory changed.", "%d memories changed.", report.updated)),
        (len(report.errors), ngettext("%d line left out.", "%d lines left out.", len(report.errors))),
    ]
    toast(request, " ".join(text % count for count, text in parts if count))
    projects = request.user.projects.alive().filter(name__in=report.projects)[:2]
    return redirect(projects[0]) if len(projects) == 1 else redirect("memories:project-list")
