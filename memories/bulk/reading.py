"""Newline-delimited JSON (NDJSON), a memory a line. It is read piece by piece and never held as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from base.api.strict_json import NotStrictJson, parse_json
from base.errors import MemoryLoopError
from memories.bulk.errors import TooManyBytes, TooManyLines
from memories.bulk.report import LineError
from memories.models import MAX_PROJECT_NAME_LENGTH
from memories.schemas import MemoryContent
from memories.services import CheckedValues, checked_values

MAX_LINES = 10_000
MAX_BYTES = 32_000_000
# Enough for the largest record with each character escaped, and for the fields beside it.
MAX_LINE_BYTES = 512 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """A valid line. `number` counts from 1, empty lines too. `project` is a name, empty if the line has none."""

    number: int
    project: str
    values: CheckedValues


class LineContent(MemoryContent):
    project: str = Field("", max_length=MAX_PROJECT_NAME_LENGTH)


def read_lines(chunks: Iterable[bytes]) -> Iterator[Line | LineError]:
    """The lines of NDJSON in UTF-8, read as they are asked for. Empty lines are left out.

    Raises TooManyLines or TooManyBytes at the line that is one too many.
    """
    for number, line in enumerate(_split(chunks), 1):
        if number > MAX_LINES:
            raise TooManyLines
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if line.strip():
            yield _read(number, line)


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without their ends. Of one that is too long, only the beginning, which is still too long."""
    size = 0
    begun = b""
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooManyBytes
        first, *others = chunk.split(b"\n")
        begun = (begun + first)[: MAX_LINE_BYTES + 1]
        for other in others:
            yield begun
            begun = other
    if begun:
        yield begun


def _read(number: int, line: bytes) -> Line | LineError:
    if len(line) > MAX_LINE_BYTES:
        return LineError(number, _("The line has more than 512 KB."))
    try:
        content = LineContent.model_validate(parse_json(line))
        return Line(number, content.project, checked_values(content.values()))
    except NotStrictJson as error:
        return LineError(number, _in_line(error))
    except ValidationError as error:
        return LineError(number, _words(error))
    except MemoryLoopError as error:
        return LineError(number, error.detail)


def _in_line(error: NotStrictJson) -> str:
    return _("At character %(column)s: %(reason)s") % vars(error) if error.column else error.reason


def _words(error: ValidationError) -> str:
    """The first thing that is wrong, with the name of its field."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else _("A line is a JSON object with “data” and its other fields.")
