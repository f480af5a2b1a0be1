"""Retrieval for a reply: earlier exchanges of the user that may help to answer the question."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from base.logs.outages import log_failure
from chat.models import LeftOutPiece, Message, MessageStatus, Role
from chat.replies.context import Piece, PieceKind
from chat.replies.context_sources import Question, registered
from chat.replies.prompts import CONTEXT_TOKENS, ContextExtract
from chat.replies.reasons import reason_for
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.queries import Hit, Mode, asks, find, words

MAX_HITS, MAX_EXTRACTS = 24, 12
MAX_QUESTION_LENGTH = 2_000  # characters
# A message of at most this many characters may be a follow-up, such as "and why?", which only makes sense with the
# user's message before it.
MAX_FOLLOW_UP_LENGTH = 60
MAX_OTHER_HALF = 600  # characters of the question to an answer that was found, or of the answer to a question
# Without a hit of MIN_BEST_SCORE, nothing that was said answers the question; with one, hits from MIN_SCORE on may
# (docs/decisions/0029).
MIN_BEST_SCORE, MIN_SCORE = 0.18, 0.05
ASKED_FOR = (PieceKind.PASSAGE, PieceKind.MEMORY)  # kinds of which the user has said that replies may use them
SAME_WORDS = 0.8  # the share of words that two extracts have in common when one of them is a repetition


def retrieve_context(history: Sequence[Message], *, in_prompt: Collection[UUID]) -> list[Piece]:
    """What answers the last message of `history` best, within the prompt's budget, without what the prompt has already.

    Empty while search is unavailable: a reply without context is better than none.
    """
    owner_id = history[-1].owner_id
    conversation_id = history[-1].conversation_id
    left_out = _left_out(conversation_id)
    try:
        questions = _questions(history)
        found = _found(owner_id, questions, {*in_prompt, *left_out})
        question = Question(owner_id, conversation_id, questions[-1], left_out)
        others = [piece for source in registered() for piece in source.find(question)]
    except (EmbedderUnavailable, IndexUnavailable) as error:
        log_failure("Nothing is retrieved for a reply", error)
        return []
    # What the user asked for and what fades comes first, so that long messages leave room for it.
    wanted = [piece for piece in others if piece.kind in ASKED_FOR or piece.extract.fading]
    rest = [piece for piece in others if piece not in wanted]
    return _chosen([*wanted, *_exchanges(found, owner_id, left_out), *rest])


def _left_out(conversation_id: UUID) -> set[UUID]:
    """What the user has left out of this conversation. The ids of rows of all kinds differ."""
    left_out = LeftOutPiece.objects.filter(conversation_id=conversation_id)
    return set(left_out.values_list("piece_id", flat=True))


def _questions(history: Sequence[Message]) -> list[str]:
    """What to search for: the last message, and together with the one before it if it may be a follow-up."""
    own = [message.content[:MAX_QUESTION_LENGTH] for message in history if message.role == Role.USER][-2:]
    is_follow_up = len(own) == 2 and len(own[-1]) <= MAX_FOLLOW_UP_LENGTH
    return [own[-1], "\n".join(own)] if is_follow_up else own[-1:]


def _found(owner_id: UUID, questions: Iterable[str], in_prompt: Collection[UUID]) -> list[tuple[Hit, str]]:
    """The best hits for any of the questions, best first, each with the reason for it."""
    best: dict[UUID, tuple[Hit, str]] = {}
    for number, question in enumerate(questions):
        result = find(
            owner_id=owner_id,
            table="messages",
            query=question,
            mode=Mode.HYBRID,
            limit=MAX_HITS,
            operators=False,
            without=in_prompt,
        )
        for hit in result.hits:
            known = best.get(hit.entity_id)
            if hit.score >= max(MIN_SCORE, known[0].score if known else 0.0):
                # The first question is the message alone. If it has found this, that is the better reason.
                reason = known[1] if known else reason_for(hit, with_question_before=number > 0)
                best[hit.entity_id] = (hit, reason)
    if all(hit.score < MIN_BEST_SCORE for hit, _reason in best.values()):
        return []
    return sorted(best.values(), key=lambda found: -found[0].score)[:MAX_HITS]


def _exchanges(hits: Sequence[tuple[Hit, str]], owner_id: UUID, left_out: Collection[UUID]) -> list[Piece]:
    """The hits with the other half of each exchange.

    Left out are a question that has no answer, and an exchange of which the user has left out one half.
    """
    visible = Message.objects.remembered().filter(owner_id=owner_id)
    sources = visible.select_related("conversation").in_bulk([hit.entity_id for hit, _reason in hits])
    found = [(hit, reason, sources[hit.entity_id]) for hit, reason in hits if hit.entity_id in sources]
    questions = visible.in_bulk([source.in_reply_to_id for _hit, _reason, source in found if source.in_reply_to_id])
    answers = {
        answer.in_reply_to_id: answer
        for answer in visible.filter(in_reply_to__in=list(sources), status=MessageStatus.COMPLETE)
    }
    quoted: set[UUID] = set()
    retrieved: list[Piece] = []
    for hit, reason, source in found:
        question = questions.get(source.in_reply_to_id) if source.in_reply_to_id else None
        answer = answers.get(source.pk)
        if source.pk in quoted or (source.role == Role.USER and answer is None and asks(source.content)):
            continue
        halves = {half.pk for half in (question, source, answer) if half}
        if not halves.isdisjoint(left_out):
            continue
        quoted |= halves
        parts = [_cut(question), hit.text, _cut(answer)]
        extract = ContextExtract(_title(source), "\n\n".join(part for part in parts if part))
        retrieved.append(Piece(PieceKind.MESSAGE, source, extract, hit.text, reason, hit.score, source.conversation_id))
    return retrieved


def _cut(half: Message | None) -> str:
    if half is None:
        return ""
    text = half.content
    return text if len(text) <= MAX_OTHER_HALF else f"{text[:MAX_OTHER_HALF]} …"


def _title(source: Message) -> str:
    return f"{source.conversation}, {source.created_at:%Y-%m-%d}"


def _chosen(retrieved: Iterable[Piece]) -> list[Piece]:
    """The best that fit into the budget, without repetitions."""
    chosen: list[Piece] = []
    known: list[set[str]] = []
    remaining = CONTEXT_TOKENS
    for piece in retrieved:
        said = set(words(piece.extract.text))
        if any(_repeats(piece, said, other) for other in known):
            continue
        if piece.extract.tokens <= remaining and len(chosen) < MAX_EXTRACTS:
            chosen.append(piece)
            known.append(said)
            remaining -= piece.extract.tokens
    return chosen


def _repeats(piece: Piece, said: set[str], other: set[str]) -> bool:
    """Whether a piece with the words `said` adds little to one with the words `other`.

    A card is mostly made from a message, of which it has only some words.
    """
    of = said if piece.kind is PieceKind.CARD else said | other
    return len(said & other) >= SAME_WORDS * len(of)
