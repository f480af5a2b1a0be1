"""The stream of a growing reply as HTML. Finished Markdown blocks are rendered once, the last one with each event."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from accounts.sign_in.api_authentication import authenticate, still_allowed
from base import sse
from base.connections import release_connection
from base.html.citations import Source, may_cite
from base.html.markdown import render_markdown
from base.http import ApiRequest, Request
from chat.memory.queries import memory_panel
from chat.models import Message
from chat.queries import action_urls, as_last_message
from chat.replies.buffer import Delta
from chat.replies.markdown_blocks import split_blocks
from chat.replies.reader import Event, KeepAlive, follow
from chat.replies.sources import links_to, sources_of
from flashcards.queries import with_has_flashcards

Sources = Mapping[int, Source]

PACE = 0.1  # seconds between two events; each one renders Markdown, and a faster pace would not be easier to read


@login_required
@require_GET
def message_stream(request: Request, message_id: UUID) -> HttpResponseBase:
    """Server-sent events of HTML.

    `answer` replaces everything shown so far. `text` adds finished blocks and replaces the unfinished last one, both in
    one event, so that no block is seen twice or missing. `done` has the whole message (`static/js/growing.js`). A
    browser that reconnects gets `answer` first, so it sends no position.
    """
    api_request = cast(ApiRequest, request)
    authenticate(api_request)
    message = request.user.messages.accessible().get_or_not_found(message_id)
    events = follow(reply_id=message.pk, position=0, allowed=partial(still_allowed, api_request), pace=PACE)
    return sse.stream_response(html_events(request, message.pk, events), reader=request.user.pk)


async def html_events(
    request: Request, message_id: UUID, events: AsyncGenerator[Event, None]
) -> AsyncGenerator[str, None]:
    unfinished, started = "", False
    sources: Sources | None = None
    yield sse.RETRY
    async for event in events:
        if isinstance(event, Delta):
            text = unfinished + event.text
            if sources is None and may_cite(text):
                sources = await _sources(message_id)
            markdown = split_blocks(text)
            unfinished = markdown.unfinished
            yield await _delta_events(markdown.blocks, unfinished, sources or {}, first=not started)
            started = True
        elif isinstance(event, KeepAlive):
            yield sse.KEEP_ALIVE
        else:
            yield await _end_events(request, message_id, unfinished, sources or {})


@sync_to_async(thread_sensitive=False)
def _sources(message_id: UUID) -> Sources:
    """What the growing text may cite. It is linked from the beginning, so that the end changes no line."""
    try:
        message = Message.objects.filter(pk=message_id).first()
        return links_to(sources_of([message]).get(message_id, [])) if message else {}
    finally:
        release_connection()


@sync_to_async(thread_sensitive=False)
def _delta_events(blocks: Sequence[str], unfinished: str, sources: Sources, *, first: bool) -> str:
    finished, tail = [_prose(block, sources) for block in blocks], _prose(unfinished, sources, growing=True)
    if first:
        return sse.event("answer", render_to_string("chat/_writing.html", {"blocks": finished, "tail": tail}))
    return _text_event(finished, tail)


def _text_event(blocks: Sequence[str], tail: str) -> str:
    return sse.event("text", f'{"".join(blocks)}<div class="tail" aria-live="off">{tail}</div>')


@sync_to_async(thread_sensitive=False)
def _end_events(request: Request, message_id: UUID, unfinished: str, sources: Sources) -> str:
    """Finish the last block, because screen readers announce those; then send the whole message."""
    try:
        message = with_has_flashcards(Message.objects.all()).get(pk=message_id)
        panel = memory_panel(message.conversation, reply_id=message.pk)
        context = {"item": as_last_message(message), "panel": panel, **action_urls()}
        html = render_to_string("chat/_reply_end.html", context, request)
    finally:
        release_connection()
    return _text_event([_prose(unfinished, sources)], "") + sse.event("done", html)


def _prose(text: str, sources: Sources, *, growing: bool = False) -> str:
    if not text.strip():
        return ""
    return render_to_string("chat/_prose.html", {"html": render_markdown(text, growing=growing, sources=sources)})
