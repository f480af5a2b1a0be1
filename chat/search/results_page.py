"""What the search page shows beside the results: a tab for each kind, and how many results there are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from search.joint_search import MAX_COUNTED, SearchResults
from search.kinds import kinds

MAX_RESULTS = 50


@dataclass(frozen=True)
class Tab:
    """`kind` is None for the tab of all kinds."""

    kind: str | None
    label: StrOrPromise
    count: str
    is_current: bool


@dataclass(frozen=True)
class ResultsPage:
    """The results of the tab `kind`, or of all tabs if it is empty. `weak`: also those hardly about the query."""

    results: SearchResults
    kind: str
    weak: bool

    @property
    def tabs(self) -> Iterator[Tab]:
        counts = self.results.counts
        yield Tab(None, _("All"), _label(counts.values()), not self.kind)
        for kind in kinds():
            yield Tab(kind.name, kind.label, _label([counts[kind.name]]), kind.name == self.kind)

    @property
    def total(self) -> str:
        return _label(self._shown_counts)

    @property
    def is_cut(self) -> bool:
        """Whether there are more results than the page shows."""
        return sum(self._shown_counts) > len(self.results.items)

    @property
    def _shown_counts(self) -> Collection[int]:
        counts = self.results.counts
        return [counts[self.kind]] if self.kind else counts.values()


def _label(counts: Collection[int]) -> str:
    """The sum of the counts, with a plus if one of them is not counted to its end."""
    return f"{sum(counts)}+" if max(counts) >= MAX_COUNTED else str(sum(counts))
