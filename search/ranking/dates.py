"""Dates that a question names: "last May", "yesterday", "12. April", "2023-05-08", "5月8日".

They raise what was said then. They never hide anything else: a question may name a date that is wrong, or another one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from search.arrays import Array, np

SAME_MONTH, SAME_DAY = 0.10, 0.30  # added to the score
NEAR = 16  # characters before the name of a month in which its day stands
DAY = timedelta(days=1)  # around a day that is named: what happened is often told a day later

# English, German, Spanish, French, Italian, Portuguese, and the two series of names in Arabic.
_NAMES = """
january jan januar jänner enero janvier gennaio janeiro يناير كانون_الثاني
february feb februar febrero février febbraio fevereiro فبراير شباط
march märz marzo mars março مارس آذار
april apr abril avril aprile أبريل إبريل نيسان
may mai mayo maggio maio مايو أيار
june jun juni junio juin giugno junho يونيو حزيران
july jul juli julio juillet luglio julho يوليو تموز
august aug agosto août أغسطس آب
september sept sep septiembre setiembre septembre settembre setembro سبتمبر أيلول
october oct oktober okt octubre octobre ottobre outubro أكتوبر تشرين_الأول
november nov noviembre novembre novembro نوفمبر تشرين_الثاني
december dec dezember dez diciembre décembre dicembre dezembro ديسمبر كانون_الأول
"""
_MONTHS = {
    name.replace("_", " "): number for number, line in enumerate(_NAMES.split("\n")[1:13], 1) for name in line.split()
}
# Also other words in one of the languages: they are months only beside a word that makes them one.
_AMBIGUOUS = {"may", "march", "mars", "jan", "sep"}
_BEFORE_MONTH = frozenset(
    ["in", "last", "of", "since", "early", "late", "mid", "this", "until", "by", "from", "en", "during"]
)
_RELATIVE_DAYS = {
    "today": 0, "heute": 0, "hoy": 0, "今天": 0, "اليوم": 0,
    "yesterday": 1, "gestern": 1, "ayer": 1, "hier soir": 1, "昨天": 1, "أمس": 1, "امس": 1,
    "vorgestern": 2, "anteayer": 2, "前天": 2,
}  # fmt: skip
_RELATIVE_MONTHS = {
    "this month": 0, "diesen monat": 0, "este mes": 0, "这个月": 0, "هذا الشهر": 0,
    "last month": 1, "letzten monat": 1, "el mes pasado": 1, "mes pasado": 1, "上个月": 1, "الشهر الماضي": 1,
}  # fmt: skip
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")
_CHINESE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})[日号])?")
_NAMED = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(_MONTHS, key=len, reverse=True)))
_YEAR_AFTER = re.compile(r"\W{0,3}(?:(?:of|de|del|\d{1,2}(?:st|nd|rd|th)?)\W{1,3})?((?:19|20)\d{2})(?!\d)")
_DAY_BEFORE = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º)?\s{1,2}(?:(?:de|of)\s{1,2})?$")
_DAY_AFTER = re.compile(r"\s{1,2}(\d{1,2})(?:st|nd|rd|th)?(?!\d)")


@dataclass(frozen=True)
class Named:
    """A month, in the year if one was named, or a day if `day` was."""

    month: int
    year: int | None = None
    day: int | None = None


def named_dates(question: str, today: date) -> list[Named]:
    text = question.lower()
    return [named for named in (*_numeric(text), *_by_name(text), *_relative(text, today)) if _exists(named)]


def boosts(named: list[Named], times: Array) -> Array:
    """What is added to the score of each row. `times` is an array of datetime64."""
    total = np.zeros(len(times))
    months, days = times.astype("datetime64[M]"), times.astype("datetime64[D]")
    for one in named:
        same = months.astype(int) % 12 == one.month - 1
        if one.year:
            same &= months.astype(int) // 12 == one.year - 1970
        total[same] = np.maximum(total[same], SAME_MONTH)
        if one.day and one.year:
            exact = np.datetime64(date(one.year, one.month, one.day))
            near = np.abs((days - exact).astype(int)) <= DAY.days
            total[near] = np.maximum(total[near], SAME_DAY)
        elif one.day:
            same &= np.abs((days - months.astype("datetime64[D]")).astype(int) + 1 - one.day) <= DAY.days
            total[same] = np.maximum(total[same], SAME_DAY)
    return total


def _numeric(text: str) -> Iterator[Named]:
    for match in _ISO.finditer(text):
        yield Named(year=int(match[1]), month=int(match[2]), day=int(match[3]))
    for match in _DAY_FIRST.finditer(text):
        day, month = int(match[1]), int(match[2])
        yield Named(year=int(match[3]), month=day, day=month) if month > 12 else Named(month, int(match[3]), day)
    for match in _CHINESE.finditer(text):
        yield Named(int(match[2]), int(match[1]) if match[1] else None, int(match[3]) if match[3] else None)


def _by_name(text: str) -> Iterator[Named]:
    for match in _NAMED.finditer(text):
        before = text[max(match.start() - NEAR, 0) : match.start()]
        year = _YEAR_AFTER.match(text, match.end())
        day = _DAY_BEFORE.search(before) or _DAY_AFTER.match(text, match.end())
        is_month = bool(year or day) or not _BEFORE_MONTH.isdisjoint(before.split()[-1:])
        if is_month or match[0] not in _AMBIGUOUS:
            yield Named(_MONTHS[match[0]], int(year[1]) if year else None, int(day[1]) if day else None)


def _relative(text: str, today: date) -> Iterator[Named]:
    for phrase, days in _RELATIVE_DAYS.items():
        if re.search(_phrase(phrase), text):
            day = today - timedelta(days=days)
            yield Named(day.month, day.year, day.day)
    for phrase, months in _RELATIVE_MONTHS.items():
        if re.search(_phrase(phrase), text):
            years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
            yield Named(month + 1, years)


def _phrase(phrase: str) -> str:
    return re.escape(phrase) if phrase[0] > "\u4dff" else rf"(?<!\w){re.escape(phrase)}(?!\w)"


def _exists(named: Named) -> bool:
    try:
        date(named.year or 2000, named.month, named.day or 1)
    except ValueError:
        return False
    return True
