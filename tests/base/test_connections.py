"""Lost connections to PostgreSQL are made again soon, however long it was down."""

from psycopg_pool.base import AttemptWithBackoff

from base.connections import RECONNECT_EVERY


def test_the_time_between_attempts_does_not_grow_with_an_outage() -> None:
    attempt, now, waits = AttemptWithBackoff(timeout=300), 0.0, []
    for _ in range(100):
        attempt.update_delay(now)
        waits.append(attempt.delay)
        now += attempt.delay
    assert max(waits) <= RECONNECT_EVERY * 1.1
    assert min(waits) >= RECONNECT_EVERY * 0.9
