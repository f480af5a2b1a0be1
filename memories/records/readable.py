"""Keys and values of records as users write them, and what in them nobody searches for. Pure."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

MAX_KEY = 60  # characters
MAX_TEXT = 8_000  # characters of one string
_OPAQUE_LENGTH = 16  # letters and digits; shorter words may be names, such as "rtx4090" or "i18n"
# Of letters and digits, how many differ in kind from the one before (0.35 to 0.5 in random text), and how many belong
# to what looks like a word.
_MAX_CHANGES, _MIN_WORDS = 0.25, 0.5
_LONG_RUN = 40  # letters and digits without a separator; pictures begin with many zeros, which are the letter A

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS: Final = re.compile(r"[\s_\-.:/]+")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{16,}|[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){7,}")
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+")
_KIND_CHANGES: Final = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_WORD: Final = re.compile(r"[A-Za-z][a-z]{2,}")
_ENCODED: Final = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*,|-----BEGIN ")
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]{1,20}://(?:[^/\s?#@]*@)?([^/\s?#]+)([^\s?#]*)", re.IGNORECASE)
_ISO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d)?(?:[.,]\d+)?)?(?: ?Z| ?[+-]\d\d:?\d\d)?")
_TICKET: Final = re.compile(r"[A-Za-z]{1,10}[-#]\d{1,8}")
_TIME_KEY: Final = re.compile(
    r"(?:^|_)(?:at|on|time|date|datetime|timestamp|ts|when|until|since|expires|created|updated|modified)(?:_ms)?$"
)
_ID_KEY: Final = re.compile(
    r"(?:^|_)(?:id|ids|uuid|guid|pk|hash|sha|sha1|sha256|sha512|md5|etag|checksum|digest|signature|nonce|crc32)$"
)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SECONDS: Final = (946_684_800, 4_102_444_800)  # the years 2000 to 2099


def words_of_key(key: str) -> str:
    """The words of a key: "errorCode" and "error_code" are "error code". Empty for a key that is an id."""
    if is_opaque(key) or len(key) > MAX_KEY:
        return ""
    return " ".join(_SEPARATORS.sub(" ", _CAMEL.sub(" ", key)).split())


def names_id(key: str) -> bool:
    """Whether the key says that its value tells things apart and means nothing."""
    return bool(_ID_KEY.search(_snake(key)))


def names_time(key: str) -> bool:
    return bool(_TIME_KEY.search(_snake(key)))


def readable_number(number: int | float, *, is_time: bool) -> str:
    """3.0 is "3", and 0.30000000000000004 is "0.3". With `is_time`, seconds or milliseconds since 1970 are a date.

    Empty for a number with more than 300 digits.
    """
    if abs(number) > 10**300:
        return ""
    if is_time:
        seconds = number / 1000 if abs(number) > _SECONDS[1] else number
        if _SECONDS[0] <= seconds < _SECONDS[1]:
            moment = datetime.fromtimestamp(seconds, UTC)
            return _written_day(f"{moment:%Y-%m-%d}", f"{moment:%H:%M}")
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.12g}"


def readable_text(text: str) -> str:
    """The text without ids, hashes and encoded data, with its URLs as words; a date is written in two ways."""
    text = text[:MAX_TEXT].strip()
    if match := _ISO_TIME.fullmatch(text):
        return _written_day(match[1], match[2] or "")
    lines = (" ".join(filter(None, map(_readable_word, line.split()))) for line in text.splitlines())
    return "\n".join(filter(None, lines))


def is_ticket(text: str) -> bool:
    """An id that users know, such as "API-123"."""
    return bool(_TICKET.fullmatch(text))


def is_opaque(word: str) -> bool:
    """Whether a word without spaces is an id, a hash or encoded data."""
    if len(word) < _OPAQUE_LENGTH:
        return False
    if _UUID.fullmatch(word) or _ENCODED.match(word):
        return True
    if _HEX.fullmatch(word):
        return any(character.isdigit() for character in word)
    runs = _ALPHANUMERIC.findall(word)
    length = sum(map(len, runs))
    if length < _OPAQUE_LENGTH or sum(map(len, _WORD.findall(word))) >= _MIN_WORDS * length:
        return False
    changes = sum(len(_KIND_CHANGES.findall(run)) for run in runs)
    return changes > _MAX_CHANGES * length / (2 if max(map(len, runs)) >= _LONG_RUN else 1)


def _readable_word(word: str) -> str:
    if len(word) < _OPAQUE_LENGTH and "://" not in word:
        return word
    if match := _URL.search(word):
        return _words_of_url(match)
    return "" if is_opaque(word.strip("()[]{}<>\"'`,;.!?")) else word


def _words_of_url(match: "re.Match[str]") -> str:
    host, path = match[1].removeprefix("www."), unquote(match[2], errors="ignore")
    parts = [host, *(" ".join(_SEPARATORS.split(part)) for part in path.split("/") if not is_opaque(part))]
    return " ".join(part.strip() for part in parts if part.strip())


def _written_day(day: str, time: str) -> str:
    """For example "2026-11-22 09:30 (22 November 2026)", because users search for both."""
    year, month, number = (int(part) for part in day.split("-"))
    name = f" ({number} {_MONTHS[month - 1]} {year})" if 1 <= month <= len(_MONTHS) else ""
    return f"{day} {time}".strip() + name


def _snake(key: str) -> str:
    return _SEPARATORS.sub("_", _CAMEL.sub("_", key[:MAX_KEY])).lower()
