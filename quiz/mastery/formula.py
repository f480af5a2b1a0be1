"""Mastery: the share of a skill that the user would recall now. docs/mastery.md explains it with an example.

    mastery = Σ recall of each answered card ÷ number of cards = mean recall · coverage

A card's recall is FSRS-6's retrievability (https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm),
so mastery falls from day to day without reviews. A card that was never answered counts 0, unless the skill is known:
then a virtual card, reviewed when the user proved it, stands for each card that is not answered, and for the skill if
it has no cards. What has neither cards nor a virtual one has no mastery, which is not 0 %.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from flashcards.retrievability import DEFAULT_DECAY, retrievability

HORIZON = timedelta(days=7)  # a skill whose recall will be below its target then is fading


@dataclass(frozen=True)
class Answered:
    """What the recall of a card depends on. Stability is in days."""

    stability: float
    last_review: datetime
    decay: float = DEFAULT_DECAY

    def recall(self, at: datetime) -> float:
        return retrievability(stability=self.stability, decay=self.decay, elapsed=at - self.last_review)


@dataclass(frozen=True)
class Tally:
    """Sums over cards: of one skill, or of all skills of a branch or a goal.

    `counted` are the cards that count, with virtual ones, and `learned` those of them that have a recall. `recall` is
    its sum over these now, and `later_recall` after the horizon. `due` cards can be studied today. `target` is the
    retention that the user wants, which is the same for all skills of a goal.
    """

    cards: int = 0
    answered: int = 0
    counted: int = 0
    learned: int = 0
    recall: float = 0.0
    later_recall: float = 0.0
    due: int = 0
    target: float = 0.9

    @property
    def new(self) -> int:
        return self.cards - self.answered

    @property
    def mastery(self) -> float | None:
        """Between 0 and 1; None where nothing counts."""
        return _share(self.recall, self.counted)

    @property
    def percent(self) -> int | None:
        """Mastery as pages show it; None where nothing counts."""
        return None if self.mastery is None else round(100 * self.mastery)

    @property
    def coverage(self) -> float | None:
        """The share of the cards that were answered at least once; None without cards."""
        return _share(self.answered, self.cards)

    @property
    def mean_recall(self) -> float | None:
        """The mean recall of what is learned; None where nothing is."""
        return _share(self.recall, self.learned)

    @property
    def fading(self) -> bool:
        """Whether what is learned is recalled less surely than the target, now or before the horizon."""
        return self.learned > 0 and self.later_recall / self.learned < self.target

    def with_known(self, known: Answered, at: datetime) -> "Tally":
        """The tally of a skill that is known: the virtual card stands for each card that is not answered."""
        virtual = self.new if self.cards else 1
        return replace(
            self,
            counted=self.cards or 1,
            learned=self.learned + virtual,
            recall=self.recall + virtual * known.recall(at),
            later_recall=self.later_recall + virtual * known.recall(at + HORIZON),
        )


_SUM_NAMES = ("cards", "answered", "counted", "learned", "recall", "later_recall", "due")
_SUMMED = attrgetter(*_SUM_NAMES)


def tally_of(
    cards: Iterable[Answered | None], *, at: datetime, known: Answered | None = None, target: float = 0.9
) -> Tally:
    """The tally of a skill's own cards, where None is a card that was never answered, without `due`.

    The reference for `quiz.mastery.queries`, which computes the sums in PostgreSQL.
    """
    cards = list(cards)
    answered = [card for card in cards if card is not None]
    tally = Tally(
        cards=len(cards),
        answered=len(answered),
        counted=len(cards),
        learned=len(answered),
        recall=sum(card.recall(at) for card in answered),
        later_recall=sum(card.recall(at + HORIZON) for card in answered),
        target=target,
    )
    return tally.with_known(known, at) if known else tally


def with_subtrees(own: Mapping[UUID, Tally], parents: Mapping[UUID, UUID | None]) -> dict[UUID, Tally]:
    """The tally of each skill with all skills below it. A parent outside of `parents` ends the way up."""
    below: dict[UUID | None, list[UUID]] = defaultdict(list)
    for skill in own:
        below[parents[skill]].append(skill)
    totals: dict[UUID, Tally] = {}

    def total(skill: UUID) -> Tally:
        totals[skill] = sum_of([own[skill], *map(total, below[skill])])
        return totals[skill]

    for skill in own:
        if parents[skill] not in own:
            total(skill)
    return totals


def sum_of(tallies: Sequence[Tally]) -> Tally:
    """The sum of at least one tally, with the target of the first."""
    if len(tallies) == 1:
        return tallies[0]
    sums = map(sum, zip(*map(_SUMMED, tallies), strict=True))
    return Tally(**dict(zip(_SUM_NAMES, sums, strict=True)), target=tallies[0].target)


def _share(part: float, whole: int) -> float | None:
    """Between 0 and 1 in spite of rounding; None of nothing."""
    return min(1.0, max(0.0, part / whole)) if whole else None
