"""Whether two goals want the same, by the words of their titles and by what they mean. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from goals.duplicates.titles import Title

SAME_BEGINNING = 5  # letters from which on a word is taken for a form of one that it begins with: Europe, European
SAME_END = 5  # letters that two words share at their ends when they are rather opposites: organic, inorganic
FIRST_YEAR = 1900  # a year that only one title names is when, not what


@dataclass(frozen=True)
class Comparison:
    """Two titles by their words: their subjects, the share of words in common, the words that the other lacks."""

    left: str
    right: str
    overlap: float
    only_left: str
    only_right: str
    contradict: bool

    @property
    def differ_in_words(self) -> bool:
        """Whether each has words that the other lacks: they want the same only if these mean the same."""
        return bool(self.only_left and self.only_right)

    def by_words(self) -> float:
        """The similarity, from 0 to 1, as far as words show."""
        return 0.0 if self.contradict or self.differ_in_words else self.overlap

    def by_meaning(self, *, subjects: float, others: float, least: float) -> float:
        """The similarity, from 0 to 1, with the cosine of the subjects, and that of the words that each has alone.

        Words that are less similar than `least` stand for different things: jazz piano, classical piano.
        """
        if self.contradict or (self.differ_in_words and others < least):
            return 0.0
        if self.overlap == 1:
            return 1.0
        overlap = self.overlap + (1 - self.overlap) * others if self.differ_in_words else self.overlap
        return (overlap + max(subjects, 0.0)) / 2


def compare(left: Title, right: Title) -> Comparison:
    only_left = {stem for stem in left.words if not _has(right.words, stem)}
    only_right = {stem for stem in right.words if not _has(left.words, stem)}
    shared = len(left.words) - len(only_left) + len(right.words) - len(only_right)
    words_left, words_right = _words_of(left, only_left), _words_of(right, only_right)
    return Comparison(
        left=left.subject,
        right=right.subject,
        overlap=shared / max(len(left.words) + len(right.words), 1),
        only_left=" ".join(words_left),
        only_right=" ".join(words_right),
        contradict=_marks_contradict(left, right)
        or _only_language_shared(left, right)
        or any(_opposites(one, other) for one in words_left for other in words_right),
    )


def _has(words: Collection[str], stem: str) -> bool:
    return stem in words or any(
        min(len(stem), len(word)) >= SAME_BEGINNING and (stem.startswith(word) or word.startswith(stem))
        for word in words
    )


def _words_of(title: Title, stems: Collection[str]) -> list[str]:
    return list(dict.fromkeys(word for stem, word in title.words.items() if stem in stems))


def _marks_contradict(left: Title, right: Title) -> bool:
    """Whether they name different numbers, levels or languages, or one names what the other cannot mean."""
    more, less = left.numbers - right.numbers, right.numbers - left.numbers
    if (more and less) or any(_tells(number) for number in more | less):
        return True
    if left.languages and right.languages and left.languages != right.languages:
        return True
    if left.levels and right.levels:
        return left.levels.isdisjoint(right.levels)
    return bool((left.levels | right.levels) - {"beginner"})


def _only_language_shared(left: Title, right: Title) -> bool:
    """Whether one is about a language and the other about something in it, as Italian and Italian cooking."""
    shared = left.words.keys() & right.words.keys()
    return bool(shared) and left.words.keys() != right.words.keys() and shared <= left.languages


def _tells(number: str) -> bool:
    """Whether a number that only one title has makes it another goal. The first of a series goes without saying."""
    if number.isdecimal():
        return number != "1" and int(number) < FIRST_YEAR
    return len(number) <= 3  # A1, N3, 1/2; longer ones are codes, such as SY0-701


def _opposites(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    same = next((length for length in range(shorter) if one[-1 - length] != other[-1 - length]), shorter)
    return same >= SAME_END
