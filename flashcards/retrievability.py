"""The forgetting curve of FSRS-6: the probability of recall after some time."""

from datetime import timedelta

DEFAULT_DECAY = 0.1542  # the last of FSRS-6's 21 default weights


def retrievability(*, stability: float, decay: float, elapsed: timedelta) -> float:
    """Between 0 and 1; 0.9 when `elapsed` is `stability` days. A negative `elapsed` counts as 0."""
    days = max(0.0, elapsed / timedelta(days=1))
    factor = 0.9 ** (-1 / decay) - 1
    return float((1 + factor * days / stability) ** -decay)
