"""The projects that a conversation uses: a menu in the chat, which is a page of its own without JavaScript."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from base.errors import Invalid
from base.http import Request, page
from memories.chats import queries, services
from memories.chats.forms import UseForm


@login_required
@require_GET
def conversation_projects(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    projects = queries.projects_shown(owner=request.user, conversation_id=conversation.pk)
    context = {"conversation": conversation, "projects": projects, "limit": queries.MAX_PROJECTS_SHOWN}
    return page(request, "memories/conversation_projects.html", context, part="projects")


@login_required
@require_POST
def conversation_project_change(request: Request, conversation_id: UUID, project_id: UUID) -> HttpResponse:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    project = request.user.projects.current().get_or_not_found(project_id)
    form = UseForm(request.POST)
    if not form.is_valid():
        raise Invalid({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    services.use_project(conversation=conversation, project=project, use=form.cleaned_data["use"])
    return redirect("memories:conversation-projects", conversation.pk)
