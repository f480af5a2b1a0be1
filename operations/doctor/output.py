"""What `manage.py doctor` prints: lines to read, or JSON for programs."""

import json
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from operations.checks.findings import Finding, Level
from operations.doctor.examination import Examination

Paint = Callable[[str], str]


def as_json(examination: Examination) -> str:
    """The shape is part of the interface: fields may be added, and none is renamed or removed."""
    document = {
        "status": examination.level,
        "counts": _counts(examination),
        "findings": [_as_dict(name, finding) for name, finding in _all(examination)],
        "skipped": [{"check": name, "needs": needed} for name, needed in examination.skipped.items()],
    }
    return json.dumps(document, indent=2, cls=DjangoJSONEncoder)


def as_lines(examination: Examination, *, width: int, paint: Mapping[Level, Paint]) -> Iterator[str]:
    """One paragraph for each finding, in two columns and the text, and a summary. `paint` colors the levels."""
    column = max(map(len, examination.findings), default=0)
    indent = " " * (len(Level.FAILURE) + column + 4)
    for name, finding in _all(examination):
        head = f"{finding.level:<{len(Level.FAILURE)}}  {name:<{column}}  "
        text = [*_wrapped(finding.message, indent, width), *_wrapped(finding.advice, indent + "→ ", width)]
        yield paint[finding.level](head) + text[0].removeprefix(indent)
        yield from text[1:]
    for needed, names in _skipped_by_cause(examination).items():
        yield ""
        yield from _wrapped(f"Not checked, because {needed} did not pass: {', '.join(names)}.", "", width)
    yield ""
    yield _summary(_counts(examination))


def _skipped_by_cause(examination: Examination) -> dict[str, list[str]]:
    causes: dict[str, list[str]] = defaultdict(list)
    for name, needed in examination.skipped.items():
        causes[needed].append(name)
    return causes


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    following = " " * len(indent)
    lines = textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=following, break_on_hyphens=False)
    return lines or ([] if indent.endswith("→ ") else [indent])


def _summary(counts: Mapping[Level, int]) -> str:
    failed, warnings, passed = counts[Level.FAILURE], counts[Level.WARNING], counts[Level.OK]
    return f"{failed or 'Nothing'} failed. Warnings: {warnings or 'none'}. Passed: {passed}."


def _all(examination: Examination) -> list[tuple[str, Finding]]:
    return [(name, finding) for name, findings in examination.findings.items() for finding in findings]


def _counts(examination: Examination) -> dict[Level, int]:
    counts = Counter(finding.level for _, finding in _all(examination))
    return {level: counts[level] for level in Level}


def _as_dict(name: str, finding: Finding) -> dict[str, Any]:
    return {
        "check": name,
        "level": finding.level,
        "message": finding.message,
        "advice": finding.advice,
        "figures": finding.figures,
    }
