"""The pages of conversations."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from base.models import database_time
from chat import queries, services
from chat.conversations import exports
from chat.conversations.model_picker import chosen_option, model_options, value_of
from chat.forms import ConversationForm, MessageForm, PositionForm
from chat.memory.queries import memory_panel
from chat.models import Conversation, Message
from chat.search.related import related_conversations
from chat.subjects.forms import AddressForm
from chat.subjects.queries import subject_context, subject_of, subject_options
from chat.subjects.subject import NO_SUBJECT, Subject
from flashcards.queries import with_has_flashcards
from providers.gateway import default_choice, list_models


@login_required
@require_GET
def conversation_list(request: Request) -> HttpResponse:
    archived = "archived" in request.GET
    subject = subject_of(request.user, **AddressForm(request.GET).ids)
    context = start_context(request, MessageForm(), subject, archived=archived)
    return page(request, "chat/conversation_list.html", context)


def start_context(
    request: Request, form: MessageForm, subject: Subject = NO_SUBJECT, *, archived: bool = False
) -> dict[str, Any]:
    conversations = queries.recent_conversations(request.user, archived=archived)
    subjects = subject_options(request.user, subject)
    return {"form": form, "conversations": conversations, "archived": archived, "subjects": subjects}


@login_required
@require_POST
def conversation_open(request: Request) -> HttpResponse:
    form = MessageForm(request.POST)
    if form.is_valid():
        exchange = services.open_conversation(
            owner=request.user,
            content=form.cleaned_data["content"],
            subject=subject_of(request.user, **form.cleaned_data["about"]),
            **form.chosen_model,
        )
        return redirect("chat:conversation-detail", exchange.reply.conversation_id)
    subject = subject_of(request.user, **form.cleaned_data.get("about", {}))
    return page(request, "chat/conversation_list.html", start_context(request, form, subject), status=422)


@login_required
@require_GET
def conversation_detail(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = queries.conversation_of(request.user, conversation_id)
    position = PositionForm(request.GET)
    shown = position.cleaned_data if position.is_valid() else {}
    context = detail_context(request, conversation, MessageForm(), shown)
    return page(request, "chat/conversation_detail.html", context, part=position.part)


def detail_context(
    request: Request, conversation: Conversation, form: MessageForm, position: dict[str, UUID | None]
) -> dict[str, Any]:
    """The context of a conversation's page. `position` is the cleaned data of PositionForm.

    The values are lazy, so that a partial queries only what it shows.
    """
    messages = with_has_flashcards(conversation.messages.current())
    shown = {name: position.get(name) for name in ("before", "after", "message")}
    return {
        "form": form,
        **subject_context(conversation),
        "model": chosen_option(provider=conversation.provider, model=conversation.model),
        **queries.page_urls(conversation),
        "thread": partial(queries.thread, messages, **shown),
        "new_messages": partial(queries.new_messages, messages, position.get("new")),
        "panel": partial(memory_panel, conversation, reply_id=shown["message"]),
        "reply_in_progress": partial(queries.reply_in_progress, conversation),
        "conversations": partial(queries.recent_conversations, request.user),
    }


@login_required
@require_POST
def message_send(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = queries.conversation_of(request.user, conversation_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            exchange = services.send_message(
                conversation=conversation, content=form.cleaned_data["content"], **form.chosen_model
            )
            return redirect_to_message(exchange.message)
        except MemoryLoopError as error:
            form.add_error("content", error.detail)
    context = detail_context(request, conversation, form, {})
    response = page(request, "chat/conversation_detail.html", context, part="composer", status=422)
    # The composer keeps the text, with the error message beside it.
    return reswap(retarget(response, "#composer"), "outerHTML")


@login_required
@require_POST
def message_stop(request: Request, message_id: UUID) -> HttpResponse:
    return redirect_to_message(
        services.stop_reply(reply=request.user.messages.accessible().get_or_not_found(message_id))
    )


@login_required
@require_POST
def message_regenerate(request: Request, message_id: UUID) -> HttpResponse:
    return redirect_to_message(
        services.regenerate_reply(reply=request.user.messages.accessible().get_or_not_found(message_id))
    )


@login_required
@require_POST
def message_continue(request: Request, message_id: UUID) -> HttpResponse:
    return redirect_to_message(
        services.continue_reply(reply=request.user.messages.accessible().get_or_not_found(message_id))
    )


@login_required
@require_POST
def conversation_change(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    form = ConversationForm(request.POST)
    if form.is_valid():
        changes = form.changes()
        if "about" in form.data:
            subject = subject_of(request.user, **form.cleaned_data["about"])
            changes |= {"goal": subject.goal, "skill": subject.skill}
        if changes:
            services.change_conversation(conversation=conversation, **changes)
    return redirect("chat:conversation-detail", conversation.pk)


@login_required
@require_POST
def conversation_delete(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    services.delete_conversation(conversation=conversation, at=database_time())
    undo = reverse("chat:conversation-restore", args=[conversation.pk])
    toast(request, _("Chat deleted."), undo=undo)
    return redirect("chat:conversation-list")


@login_required
@require_POST
def conversation_restore(request: Request, conversation_id: UUID) -> HttpResponse:
    conversation = request.user.conversations.get_or_not_found(conversation_id)
    services.restore_conversation(conversation=conversation)
    return redirect("chat:conversation-detail", conversation.pk)


@login_required
@require_GET
def conversation_export(request: Request, conversation_id: UUID, kind: str) -> HttpResponse:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    file = exports.export_conversation(conversation, kind)
    if file is None:
        raise Http404
    return HttpResponse(file.content, file.content_type, headers={"Content-Disposition": file.disposition})


@login_required
@require_GET
def conversation_related(request: Request, conversation_id: UUID) -> HttpResponse:
    """A fragment for the panel of the conversation's page."""
    related = related_conversations(request.user.conversations.alive().get_or_not_found(conversation_id))
    return page(request, "chat/conversation_related.html", {"related": related})


@login_required
@require_GET
def model_list(request: Request) -> HttpResponse:
    """The options of the model picker: a fragment, since a provider may take seconds to list its models."""
    chosen = request.GET.get("chosen") or value_of(*default_choice(owner=request.user))
    options = model_options(list_models(owner=request.user), chosen=chosen)
    return page(request, "chat/model_list.html", {"options": options})


def redirect_to_message(message: Message) -> HttpResponse:
    """Redirect to the conversation. An htmx request gets only the messages from this one on."""
    url = reverse("chat:conversation-detail", args=[message.conversation_id])
    return redirect(f"{url}?new={message.pk}#message-{message.pk}")
