"""How Python shares its time between the threads of a server process."""

import gc
import sys
from typing import Any

from celery.signals import worker_ready

# Seconds after which a thread that computes lets another one run; Python's default is 5 ms. A request waits for other
# threads some thirty times (at each statement, for example), so beside a long computation it took 150 ms longer.
SWITCH_INTERVAL = 0.0005


def share_time_fairly() -> None:
    """Let no request of a web process wait long for another one. Call after the program is loaded, before it serves.

    A worker keeps Python's interval: with 200 replies at once, its threads lost more by switching than they gained.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    keep_what_is_loaded()


def keep_what_is_loaded() -> None:
    """Have the garbage collector ignore what is loaded so far, because it lives as long as the process.

    A full collection stopped all threads for 70 ms, and rendering one long text causes several.
    """
    gc.collect()
    gc.freeze()


def connect() -> None:
    """Have each worker keep what it has loaded as well."""
    worker_ready.connect(_prepare_worker)


def _prepare_worker(**_: Any) -> None:
    keep_what_is_loaded()
