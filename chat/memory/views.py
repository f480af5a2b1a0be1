"""The panel "Memory used", which is a page of its own without JavaScript, and its actions."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from base.http import Request, page, toast
from chat import queries
from chat.memory import services
from chat.memory.forms import ReturnForm
from chat.memory.queries import memory_panel


@login_required
@require_GET
def message_memory(request: Request, message_id: UUID) -> HttpResponse:
    reply = request.user.messages.accessible().get_or_not_found(message_id)
    conversation = queries.conversation_of(request.user, reply.conversation_id)
    panel = memory_panel(conversation, reply_id=reply.pk)
    context = {
        "conversation": conversation,
        "panel": panel,
        "conversations": queries.recent_conversations(request.user),
    }
    return page(request, "chat/message_memory.html", context, part="memory")


@login_required
@require_POST
def piece_leave_out(request: Request, message_id: UUID, number: int) -> HttpResponse:
    reply = request.user.messages.accessible().get_or_not_found(message_id)
    left_out = services.leave_out_piece(reply=reply, number=number)
    undo = reverse("chat:piece-use-again", args=[left_out.pk])
    toast(request, _("Left out in this chat."), undo=f"{undo}?chat={reply.pk}")
    return redirect("chat:message-memory", reply.pk)


@login_required
@require_POST
def piece_use_again(request: Request, left_out_id: UUID) -> HttpResponse:
    left_out = request.user.left_out_pieces.accessible().get_or_not_found(left_out_id)
    services.use_piece_again(left_out=left_out)
    return _redirect_back(request, default=reverse("chat:conversation-detail", args=[left_out.conversation_id]))


@login_required
@require_POST
def message_forget(request: Request, message_id: UUID) -> HttpResponse:
    message = services.forget_message(message=request.user.messages.accessible().get_or_not_found(message_id))
    undo = reverse("chat:message-remember", args=[message.pk])
    panel = _returning(request).get("panel")
    toast(request, _("Forgotten. It stays in its chat."), undo=f"{undo}?chat={panel}" if panel else undo)
    return _redirect_back(request, default=message.get_absolute_url())


@login_required
@require_POST
def message_remember(request: Request, message_id: UUID) -> HttpResponse:
    message = services.remember_message(message=request.user.messages.accessible().get_or_not_found(message_id))
    return _redirect_back(request, default=message.get_absolute_url())


def _returning(request: Request) -> dict[str, UUID | None]:
    form = ReturnForm(request.GET if "chat" in request.GET else request.POST)
    return form.cleaned_data if form.is_valid() else {}


def _redirect_back(request: Request, *, default: str) -> HttpResponse:
    """Redirect to the panel, or to the reply in its chat, that the request names."""
    returning = _returning(request)
    if returning.get("panel"):
        return redirect("chat:message-memory", returning["panel"])
    reply_id = returning.get("chat")
    reply = request.user.messages.accessible().filter(pk=reply_id).first() if reply_id else None
    return redirect(reply or default)
