"""The lines are aligned and wrapped, and JSON has a stable shape."""

import json
from datetime import UTC, datetime

from operations.checks.findings import Level, failure, ok, warning
from operations.doctor.examination import Examination
from operations.doctor.output import as_json, as_lines

EXAMINATION = Examination(
    {
        "postgres": [failure("PostgreSQL does not answer.", "Start MemoryLoop with: make run")],
        "disk": [ok("12 GB are free.", free=12, at=datetime(2026, 11, 21, tzinfo=UTC))],
        "port": [warning("Another program has the port.", "")],
    },
    {"migrations": "postgres", "index": "postgres"},
)


def lines(width: int) -> list[str]:
    return list(as_lines(EXAMINATION, width=width, paint=dict.fromkeys(Level, str)))


def test_lines_are_aligned_and_end_with_a_summary() -> None:
    assert lines(1000) == [
        "failure  postgres  PostgreSQL does not answer.",
        "                   → Start MemoryLoop with: make run",
        "ok       disk      12 GB are free.",
        "warning  port      Another program has the port.",
        "",
        "Not checked, because postgres did not pass: migrations, index.",
        "",
        "1 failed. Warnings: 1. Passed: 1.",
    ]


def test_long_lines_are_wrapped_below_their_text() -> None:
    wrapped = lines(40)
    assert wrapped[:4] == [
        "failure  postgres  PostgreSQL does not",
        "                   answer.",
        "                   → Start MemoryLoop",
        "                     with: make run",
    ]
    assert all(len(line) <= 40 for line in wrapped)


def test_without_failures_the_summary_says_so() -> None:
    findings = {"disk": [ok("12 GB are free.")]}
    assert list(as_lines(Examination(findings, {}), width=80, paint=dict.fromkeys(Level, str)))[-1] == (
        "Nothing failed. Warnings: none. Passed: 1."
    )


def test_json_has_this_shape() -> None:
    assert json.loads(as_json(EXAMINATION)) == {
        "status": "failure",
        "counts": {"ok": 1, "warning": 1, "failure": 1},
        "findings": [
            {
                "check": "postgres",
                "level": "failure",
                "message": "PostgreSQL does not answer.",
                "advice": "Start MemoryLoop with: make run",
                "figures": {},
            },
            {
                "check": "disk",
                "level": "ok",
                "message": "12 GB are free.",
                "advice": "",
                "figures": {"free": 12, "at": "2026-11-21T00:00:00Z"},
            },
            {
                "check": "port",
                "level": "warning",
                "message": "Another program has the port.",
                "advice": "",
                "figures": {},
            },
        ],
        "skipped": [{"check": "migrations", "needs": "postgres"}, {"check": "index", "needs": "postgres"}],
    }
