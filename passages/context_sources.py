"""Remembered passages in the context of replies."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chat.replies.context import Piece, PieceKind
from chat.replies.context_sources import ContextSource, Question, SourceRow, find_rows, register
from chat.replies.prompts import ContextExtract
from passages.models import RememberedPassage

MAX_PASSAGES = 3
# The least score of a passage that is given. With the built-in model and `bench/learners`, where each answer's
# beginning was a passage, 70 % of the questions without an answer and 90 % of those of other learners got none.
MIN_SCORE = 0.2


def find_passages(question: Question) -> list[Piece]:
    passages = RememberedPassage.objects.alive().filter(owner_id=question.owner_id)
    if not passages.exists():
        return []
    hits = find_rows(table="passages", question=question, at_least=MIN_SCORE, limit=MAX_PASSAGES)
    found = passages.in_bulk(list(hits))
    return [_piece(found[pk], hit.score) for pk, hit in hits.items() if pk in found]


def _piece(passage: RememberedPassage, score: float) -> Piece:
    title = _title(passage)
    extract = ContextExtract(f"{title}, {passage.created_at:%Y-%m-%d}", passage.text)
    reason = _("You asked to remember this")
    return Piece(PieceKind.PASSAGE, passage, extract, passage.text, reason, score, title=title)


def _title(passage: RememberedPassage) -> str:
    return passage.conversation_title or _("Remembered passage")


def passage_rows(owner_ids: Collection[UUID], ids: Collection[UUID]) -> Mapping[UUID, SourceRow]:
    found = RememberedPassage.objects.alive().filter(owner_id__in=owner_ids).in_bulk(list(ids))
    return {pk: SourceRow(_title(passage), passage_url(passage), passage.created_at) for pk, passage in found.items()}


def passage_url(passage: RememberedPassage) -> str:
    """The page of remembered passages, starting at this one, because a page shows only some of them."""
    return f"{reverse('passages:passage-list')}?{urlencode({'first': str(passage.pk)})}#passage-{passage.pk}"


register(ContextSource(PieceKind.PASSAGE, find_passages, passage_rows))
