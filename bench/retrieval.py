"""`make eval`: how well search finds what answers a question.

Conversations of thirteen learners (`bench/learners`), written for this, in English, German, Spanish, Chinese and
Arabic: half of the questions use other words than their answer, and some have no answer. And the Cranfield collection,
if `CRANFIELD` names its directory (cran.all.1400.xml, cran.qry.xml, cranqrel.trec.txt).
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import Q

from accounts.models import User
from bench.tools.judgments import COLUMNS, Judged, area_under_curve, means
from bench.tools.tables import Line, say, show
from chat.models import Conversation, Message, Role
from chat.replies.context import Piece
from chat.replies.retrieval import retrieve_context
from search.joint_search import MAX_COUNTED
from search.queries import FindResult, Hit, Mode, find
from search.services import drain

LEARNERS = Path(__file__).parent / "learners"
MODES = (Mode.KEYWORD, Mode.SEMANTIC, Mode.HYBRID)
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "zh": "Chinese", "ar": "Arabic"}


@dataclass(frozen=True)
class Question:
    """`answers` are the ids of the messages that tell it; there are none for a question without an answer."""

    language: str
    owner: User
    text: str
    answers: frozenset[Any]

    def hits(self, mode: Mode) -> list[Hit]:
        return find(owner_id=self.owner.pk, table="messages", query=self.text, mode=mode, limit=10).hits

    def results(self, mode: Mode) -> FindResult:
        """All that a search page can show, also what is weak."""
        return find(owner_id=self.owner.pk, table="messages", query=self.text, mode=mode, limit=MAX_COUNTED)

    def context(self) -> list[Piece]:
        asked = Message(owner=self.owner, role=Role.USER, content=self.text)
        return retrieve_context([asked], in_prompt=())


def run() -> None:
    questions = [question for path in sorted(LEARNERS.glob("*.json")) for question in load(path)]
    while drain():
        pass
    show_modes("All questions", questions)
    # Constants are chosen by the even questions only, so the odd ones show what they are worth elsewhere.
    show_modes("The odd questions, by which nothing was chosen", questions[1::2])
    for code, language in LANGUAGES.items():
        show_modes(language, [question for question in questions if question.language == code])
    show_weak_results(questions)
    show_context(questions)
    directory = os.environ.get("CRANFIELD")
    if directory:
        show_modes("Cranfield, each abstract a message of its own", cranfield(Path(directory)))
    else:
        say("Cranfield: skipped, because CRANFIELD does not name its directory.")


def show_modes(title: str, questions: Sequence[Question]) -> None:
    lines = [_line(mode, questions) for mode in MODES]
    show(f"{title}: {len(questions)}", (*COLUMNS, "AUC"), lines, baseline=lines[0])


def _line(mode: Mode, questions: Sequence[Question]) -> Line:
    hits = [question.hits(mode) for question in questions]
    pairs = list(zip(questions, hits, strict=True))
    judged = [Judged([hit.entity_id for hit in found], one.answers) for one, found in pairs if one.answers]
    best = {True: [0.0][:0], False: [0.0][:0]}
    for one, found in pairs:
        best[bool(one.answers)].append(max((hit.score for hit in found), default=0.0))
    area = area_under_curve(best[True], best[False]) if best[False] else 0.0
    return Line(mode.value, (*means(judged), area))


def show_weak_results(questions: Sequence[Question]) -> None:
    """What the search page leaves out (docs/decisions/0030): of the answers among ten results, and of all others."""
    halves = {"all": questions, "the odd questions": questions[1::2]}
    lines = [_weak_line(f"{mode.value}, {name}", mode, half) for mode in MODES for name, half in halves.items()]
    columns = ("answers", "other results", "results without an answer")
    show("Left out as hardly about the question, as a share", columns, lines, baseline=lines[0])


def _weak_line(name: str, mode: Mode, questions: Sequence[Question]) -> Line:
    left_out: dict[str, list[bool]] = {"answers": [], "others": [], "unanswerable": []}
    for one in questions:
        found = one.results(mode)
        for rank, hit in enumerate(found.hits):
            is_answer = hit.entity_id in one.answers
            group = "answers" if is_answer else "others" if one.answers else "unanswerable"
            if rank < 10 or not is_answer:
                left_out[group].append(hit.score < found.weak_below)
    return Line(name, tuple(float(np.mean(values)) for values in left_out.values()))


def show_context(questions: Sequence[Question]) -> None:
    """What replies are given: for questions with an answer, for those without, and for what another learner asked."""
    lines = [_context_line("all", questions)]
    lines += [_context_line(LANGUAGES[code], [one for one in questions if one.language == code]) for code in LANGUAGES]
    columns = ("with the answer", "none: without an answer", "none: another's question", "extracts", "tokens")
    show("What a reply is given, as a share of questions", columns, lines, baseline=lines[0])


def _context_line(name: str, questions: Sequence[Question]) -> Line:
    answered = [(one, one.context()) for one in questions if one.answers]
    given = [float(bool(one.answers & _quoted(context))) for one, context in answered]
    unanswered = [float(not one.context()) for one in questions if not one.answers]
    foreign = [float(not replace(one, owner=other).context()) for one, other in _asked_of_others(questions)]
    extracts = [float(len(context)) for _one, context in answered]
    tokens = [float(sum(piece.extract.tokens for piece in context)) for _one, context in answered]
    return Line(name, tuple(float(np.mean(values)) for values in (given, unanswered, foreign, extracts, tokens)))


def _quoted(context: Sequence[Piece]) -> set[Any]:
    """The messages in the extracts: those that were found, and the other halves of their exchanges."""
    found = [piece.source.pk for piece in context]
    halves = Message.objects.filter(Q(pk__in=found) | Q(in_reply_to__in=found))
    return {pk for pair in halves.values_list("pk", "in_reply_to") for pk in pair if pk}


def _asked_of_others(questions: Sequence[Question]) -> list[tuple[Question, User]]:
    """Every fourth question with an answer, and each other learner of its language."""
    learners = {(one.language, one.owner) for one in questions}
    return [
        (one, owner)
        for one in [one for one in questions if one.answers][::4]
        for language, owner in learners
        if language == one.language and owner != one.owner
    ]


def load(path: Path) -> list[Question]:
    """Write the learner's conversation, and return the questions about it."""
    learner = json.loads(path.read_text(encoding="utf-8"))
    owner = User.objects.create(email=f"{path.stem}@example.org")
    conversation = Conversation.objects.create(owner=owner, title=path.stem)
    messages: list[Message] = []
    for message in learner["messages"]:
        written = write(conversation, message["text"], role=message["role"], at=message["at"])
        if written.role == Role.ASSISTANT:
            Message.objects.filter(pk=written.pk).update(in_reply_to=messages[-1])
        messages.append(written)
    language = learner["language"]
    answered = [
        Question(language, owner, asked["text"], frozenset(messages[number].pk for number in asked["answers"]))
        for asked in learner["questions"]
    ]
    return answered + [Question(language, owner, text, frozenset()) for text in learner["unanswerable"]]


def write(conversation: Conversation, text: str, *, role: str = "user", at: str = "2026-01-01") -> Message:
    created_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Message.objects.create(
        conversation=conversation, owner=conversation.owner, role=role, content=text, created_at=created_at
    )


def cranfield(directory: Path) -> list[Question]:
    """1,400 abstracts and 225 queries with relevance judgments."""
    owner = User.objects.create(email="cranfield@example.org")
    documents = (directory / "cran.all.1400.xml").read_text(encoding="utf-8", errors="replace")
    messages: dict[int, Message] = {}
    for number, text in re.findall(r"<docno>(\d+)</docno>.*?<text>(.*?)</text>", documents, re.DOTALL):
        if text.strip():
            conversation = Conversation.objects.create(owner=owner, title=number)
            messages[int(number)] = write(conversation, " ".join(text.split()))
    while drain():
        pass
    relevant: dict[int, set[Any]] = {}
    for line in (directory / "cranqrel.trec.txt").read_text().splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0 and int(document) in messages:
            relevant.setdefault(int(query), set()).add(messages[int(document)].pk)
    titles = re.findall(r"<title>(.*?)</title>", (directory / "cran.qry.xml").read_text(), re.DOTALL)
    return [
        Question("en", owner, " ".join(title.split()), frozenset(relevant[number]))
        for number, title in enumerate(titles, start=1)
        if relevant.get(number)
    ]
