"""Memories in the context of replies: those of the projects that the conversation uses."""

import json
from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from chat.replies.context import Piece, PieceKind
from chat.replies.context_sources import ContextSource, Question, SourceRow, find_rows, register
from chat.replies.prompts import ContextExtract
from chat.replies.reasons import reason_for
from memories.chats.queries import used_projects
from memories.indexing import MEMORIES
from memories.models import Memory
from memories.records.prompt_text import prompt_text
from search.filters import Filter
from search.queries import Hit

MAX_MEMORIES = 3
MAX_TEXT_LENGTH = 1_200  # characters; of a longer record, the prompt has the part that was found
# The least score of a memory that is given. With the built-in model and `bench/learners`, where each exchange was a
# record, 72 % of the questions without an answer and 89 % of those of other learners got none (docs/decisions/0043).
MIN_SCORE = 0.22


def find_memories(question: Question) -> list[Piece]:
    projects = used_projects(owner_id=question.owner_id, conversation_id=question.conversation_id)
    if not projects:
        return []
    hits = find_rows(
        table=MEMORIES.table,
        question=question,
        at_least=MIN_SCORE,
        limit=MAX_MEMORIES,
        filters=[Filter("project_id", "in", projects)],
    )
    current = Memory.objects.current().filter(owner=question.owner_id, project__in=projects)
    found = current.select_related("project").in_bulk(list(hits))
    return [_piece(found[pk], hit) for pk, hit in hits.items() if pk in found]


def _piece(memory: Memory, hit: Hit) -> Piece:
    title = _title(memory)
    text = prompt_text(json.loads(memory.body))
    if len(text) > MAX_TEXT_LENGTH:
        text = hit.text[:MAX_TEXT_LENGTH]
    extract = ContextExtract(f"{title}, {memory.date or memory.created_at.date():%Y-%m-%d}", text)
    reason = reason_for(hit) if hit.words or hit.is_close else _("From a project that this chat uses")
    return Piece(PieceKind.MEMORY, memory, extract, text, reason, hit.score, title=title)


def _title(memory: Memory) -> str:
    return f"{memory.project.name}: {memory.task}" if memory.task else memory.project.name


def memory_rows(owner_ids: Collection[UUID], ids: Collection[UUID]) -> Mapping[UUID, SourceRow]:
    """Also of archived projects, whose memories still have their pages."""
    memories = Memory.objects.alive().filter(owner__in=owner_ids).select_related("project").defer("body", "data")
    found = memories.in_bulk(list(ids))
    return {pk: SourceRow(_title(memory), memory.get_absolute_url(), memory.created_at) for pk, memory in found.items()}


register(ContextSource(PieceKind.MEMORY, find_memories, memory_rows))
