"""Export of a conversation as a file to download."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chat.models import Conversation, Message, Role


@dataclass(frozen=True)
class ExportFile:
    name: str
    content_type: str
    content: str

    @property
    def disposition(self) -> str:
        return f'attachment; filename="{self.name}"'


def export_conversation(conversation: Conversation, kind: str) -> ExportFile | None:
    """The conversation as `markdown` or `json`; None for any other kind."""
    messages = conversation.messages.current().in_order()
    name = slugify(conversation.title)[:60] or "chat"
    if kind == "markdown":
        return ExportFile(f"{name}.md", "text/markdown; charset=utf-8", _as_markdown(conversation, messages))
    if kind == "json":
        return ExportFile(f"{name}.json", "application/json", _as_json(conversation, messages))
    return None


def _as_markdown(conversation: Conversation, messages: Iterable[Message]) -> str:
    parts = [f"# {conversation}\n"]
    for message in messages:
        name = _("You") if message.role == Role.USER else message.model or _("Answer")
        parts.append(f"## {name}, {message.created_at:%Y-%m-%d %H:%M} UTC\n\n{message.content}\n")
    return "\n".join(parts)


def _as_json(conversation: Conversation, messages: Iterable[Message]) -> str:
    """JSON with the field names of the API."""
    fields = ("id", "title", "provider", "model", "use_memory", "pinned", "archived", "created_at", "updated_at")
    message_fields = ("id", "role", "content", "status", "provider", "model", "citations", "error", "created_at")
    document = {name: getattr(conversation, name) for name in fields}
    document["messages"] = [{name: getattr(message, name) for name in message_fields} for message in messages]
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
