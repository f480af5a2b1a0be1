"""What an import would do."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from memories.bulk.reading import Line, read_lines
from memories.bulk.report import LineError, Report
from memories.bulk.services import preview_lines
from memories.records.display import ShownLines, shown_lines, title_of

SAMPLES = 5
ERRORS_SHOWN = 50


@dataclass(frozen=True)
class SampleLine:
    """A valid line as a list of memories would show it."""

    number: int
    title: str
    lines: ShownLines


@dataclass(frozen=True)
class ImportPreview:
    """`samples` are the first valid lines."""

    report: Report
    samples: list[SampleLine]

    @property
    def total(self) -> int:
        return self.report.created + self.report.updated

    @property
    def errors(self) -> list[LineError]:
        return self.report.errors[:ERRORS_SHOWN]

    @property
    def more_errors(self) -> int:
        return len(self.report.errors) - len(self.errors)


def preview_import(*, owner: User, chunks: Iterable[bytes], project: str, partial: bool) -> ImportPreview:
    """What an import of the file would do now. Nothing is written. Raises TooManyLines or TooManyBytes."""
    samples: list[SampleLine] = []

    def sampled() -> Iterator[Line | LineError]:
        for line in read_lines(chunks):
            if isinstance(line, Line) and len(samples) < SAMPLES:
                samples.append(_sample(line))
            yield line

    report = preview_lines(owner=owner, lines=sampled(), project=project, partial=partial)
    return ImportPreview(report, samples)


def _sample(line: Line) -> SampleLine:
    record = json.loads(line.values["body"])
    return SampleLine(line.number, title_of(record), shown_lines(record, leave_out={}))
