"""The goals of a user that want the same as a new one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from base.logs.outages import log_failure
from goals.duplicates.comparison import Comparison, compare
from goals.duplicates.meaning import similarities
from goals.duplicates.titles import parse
from goals.models import Goal
from search.errors import EmbedderUnavailable
from search.queries import words

# From this similarity on, two goals want the same: docs/decisions/0033.
MIN_SIMILARITY = 0.66
# Goals whose meaning is compared, those with the most words in common first: three requests to Ollama.
MAX_COMPARED = 64
MAX_SHOWN = 3


@dataclass(frozen=True)
class SimilarGoal:
    goal: Goal
    similarity: float


@dataclass(frozen=True)
class SimilarGoals:
    """The most similar goals first. `notice` tells the user if only words were compared."""

    items: list[SimilarGoal]
    notice: str = ""


def similar_goals(*, owner: User, title: str, without: Collection[UUID] = ()) -> SimilarGoals:
    """The user's living goals that want the same as one of this title, except those `without`.

    Call it outside of a transaction: it may ask the embedder.
    """
    parsed = parse(title, stems=words)
    goals = owner.goals.living().exclude(pk__in=without).in_order()
    compared = [(goal, compare(parsed, parse(goal.title, stems=words))) for goal in goals]
    likely = sorted((pair for pair in compared if not pair[1].contradict), key=lambda pair: -pair[1].overlap)
    comparisons = [comparison for _goal, comparison in likely[:MAX_COMPARED]]
    found, notice = _similarities(comparisons)
    items = [
        SimilarGoal(goal, round(similarity, 2))
        for (goal, _comparison), similarity in zip(likely, found, strict=False)
        if similarity >= MIN_SIMILARITY
    ]
    return SimilarGoals(sorted(items, key=lambda item: -item.similarity)[:MAX_SHOWN], notice)


def _similarities(comparisons: Sequence[Comparison]) -> tuple[list[float], str]:
    try:
        return similarities(comparisons), ""
    except EmbedderUnavailable as error:
        log_failure("Goals are compared by their words only", error)
        by_words = [comparison.by_words() for comparison in comparisons]
        return by_words, _("Only the words were compared, because the embedding model is not answering.")
