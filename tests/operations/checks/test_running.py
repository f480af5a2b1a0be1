"""A check that raises or hangs is a finding like others."""

from collections.abc import Sequence
from concurrent.futures import Future

from operations.checks.findings import Check, Finding, Level, ok, worst
from operations.checks.running import findings_of, wait_for


def test_what_a_check_raises_is_a_failure_in_one_line() -> None:
    def broken() -> Sequence[Finding]:
        raise ValueError("first line\nsecond line")

    [finding] = findings_of(Check("broken", broken))
    assert (finding.level, finding.message) == ("failure", "ValueError: first line")


def test_a_check_that_takes_too_long_is_a_failure_with_its_limit() -> None:
    never: Future[Sequence[Finding]] = Future()
    [finding] = wait_for(never, -1.0, limit=5.0)
    assert (finding.level, finding.message) == ("failure", "no answer within 5 s")


def test_the_worst_level_counts() -> None:
    findings = [ok(""), Finding(Level.WARNING, ""), Finding(Level.FAILURE, "")]
    assert [worst(findings[:count]) for count in range(4)] == ["ok", "ok", "warning", "failure"]
