"""A reply as it grows, as HTML for the page: finished blocks are rendered once, only the last one again and again."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.sign_in.api_authentication import authenticate, still_allowed
from base import sse
from base.connections import release_connection
from base.html.markdown import render_markdown
from base.http import ApiRequest, Request
from chat import queries
from chat.models import Message
from chat.replies.buffer import Piece
from chat.replies.markdown_blocks import cut
from chat.replies.reader import Beat, Event, follow

PACE = 0.1  # seconds between two events: more often nobody reads, and each renders Markdown


@login_required
@require_GET
def message_stream(request: Request, message_id: UUID) -> HttpResponseBase:
    """`answer` replaces all that is shown so far, `block` adds to it, `tail` is its end for now, `done` the turn.

    A browser that comes back gets `answer` first, so it needs no position.
    """
    caller = cast(ApiRequest, request)
    authenticate(caller)
    message = get_object_or_404(queries.owned_messages(request.user), pk=message_id)
    events = follow(reply_id=message.pk, position=0, allowed=partial(still_allowed, caller), pace=PACE)
    return sse.stream_response(html_events(request, message.pk, events))


async def html_events(
    request: Request, message_id: UUID, events: AsyncGenerator[Event, None]
) -> AsyncGenerator[str, None]:
    rest, begun = "", False
    yield sse.RETRY
    async for event in events:
        if isinstance(event, Piece):
            written = cut(rest + event.text)
            rest = written.rest
            yield await _rendered(written.blocks, rest, whole=not begun)
            begun = True
        elif isinstance(event, Beat):
            yield sse.BEAT
        else:
            yield await _ended(request, message_id, rest)


@sync_to_async(thread_sensitive=False)
def _rendered(blocks: tuple[str, ...], rest: str, *, whole: bool) -> str:
    pieces = [_piece(block) for block in blocks]
    if whole:
        return sse.event("answer", render_to_string("chat/_writing.html", {"blocks": pieces, "tail": _piece(rest)}))
    done = sse.event("block", "".join(pieces)) if pieces else ""
    return done + sse.event("tail", _piece(rest))


@sync_to_async(thread_sensitive=False)
def _ended(request: Request, message_id: UUID, rest: str) -> str:
    """The last block too is added as one, since that is what screen readers read out; then the turn replaces all."""
    try:
        message = queries.with_cards(Message.objects.select_related("conversation")).get(pk=message_id)
        context = {"turn": queries.turn_of(message), "make_cards_url": reverse("flashcards:generation-create")}
        turn = render_to_string("chat/_ended.html", context, request)
    finally:
        release_connection()
    return sse.event("block", _piece(rest)) + sse.event("tail", "") + sse.event("done", turn)


def _piece(text: str) -> str:
    return render_to_string("chat/_piece.html", {"html": render_markdown(text)}) if text.strip() else ""
